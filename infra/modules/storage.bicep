metadata description = 'Storage of the Functions host: its locks and keys, and the package that it runs. No data of the project.'

import { tagsType } from 'types.bicep'

@description('Name that every resource of this installation begins with.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags tagsType

@description('Object id of the function app\'s identity.')
param principalId string

// The smallest role that the host works with: it makes containers, and holds timers together by leases on blobs. Queues
// and tables are only for triggers that are not used here. The same role reads the package.
var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'

// Names of storage accounts are unique in the world: 24 lower-case letters and digits.
var accountName = take('${replace(name, '-', '')}${uniqueString(resourceGroup().id, name)}', 24)

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: accountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    // A deployment comes from Microsoft's own network and fails behind the account's firewall (docs/decisions/0015).
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: 'Allow'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: 'packages'
  properties: {
    publicAccess: 'None'
  }
}

resource hostStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, name, storageBlobDataOwner)
  scope: account
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataOwner)
  }
}

@description('Name of the account.')
output accountName string = account.name

@description('Where the package lies that the app runs.')
output packagesUrl string = '${account.properties.primaryEndpoints.blob}${packages.name}'
