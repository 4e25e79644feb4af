metadata description = 'Key Vault with the secrets of the program. The operator puts them in; no template ever sees one.'

import { tagsType } from 'types.bicep'

@description('Name that every resource of this installation begins with.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags tagsType

@description('Object id of the function app\'s identity, which may read secrets and nothing else.')
param principalId string

@description('Subnet of the function app. With it the vault answers this subnet and the operator\'s addresses only; empty: everybody who has a role, because the app\'s outgoing addresses are not known.')
param subnetId string

@description('IPv4 addresses or ranges from which the operator sets secrets.')
param operatorAddresses string[]

@description('Days for which a deleted secret or vault can be brought back.')
@minValue(7)
@maxValue(90)
param retentionInDays int

@description('Log Analytics workspace for the audit log.')
param workspaceId string

var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

// Names of vaults are unique in the world, and stay taken for as long as a deleted one can be brought back.
var vaultName = take('${name}-${uniqueString(resourceGroup().id, name)}', 24)

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: vaultName
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enablePurgeProtection: true
    enableSoftDelete: true
    softDeleteRetentionInDays: retentionInDays
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: empty(subnetId) ? 'Allow' : 'Deny'
      ipRules: [for address in operatorAddresses: { value: address }]
      virtualNetworkRules: empty(subnetId) ? [] : [
        {
          id: subnetId
        }
      ]
    }
  }
}

resource secrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, name, keyVaultSecretsUser)
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
  }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [
      {
        categoryGroup: 'audit'
        enabled: true
      }
    ]
  }
}

@description('Name of the vault.')
output name string = vault.name

@description('https address of the vault.')
output uri string = vault.properties.vaultUri
