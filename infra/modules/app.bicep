metadata description = 'The function app: one custom handler on the Flex Consumption plan.'

import { settingsType } from 'settings.bicep'
import { tagsType } from 'types.bicep'

@description('Name that every resource of this installation begins with.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags tagsType

@description('Resource id of the app\'s identity.')
param identityId string

@description('Client id of the app\'s identity.')
param clientId string

@description('Storage account of the Functions host.')
param storageAccountName string

@description('Container of the package.')
param packagesUrl string

@description('Where telemetry is sent.')
param insightsConnectionString string

@description('Subnet for everything that goes out; empty: Azure\'s own, changing addresses.')
param subnetId string

@description('Origins of the dashboard, whose browsers may call the app.')
param corsOrigins string[]

@description('Instances that are kept warm for HTTP. 0: the first request after a quiet time waits for a start.')
@minValue(0)
param alwaysReadyInstances int

@description('Most instances at a time.')
@minValue(1)
@maxValue(1000)
param maximumInstances int

@description('Memory of an instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMb int

@description('Settings of the program.')
param programSettings settingsType

// Settings of the Functions host. What runs, and in which version, is no setting on this plan: see functionAppConfig.
var hostSettings = {
  AzureWebJobsStorage__accountName: storageAccountName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: clientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: '${name}-plan'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: '${name}-${uniqueString(resourceGroup().id, name)}'
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packagesUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'custom'
        version: '1.0'
      }
      scaleAndConcurrency: {
        alwaysReady: alwaysReadyInstances == 0 ? [] : [
          {
            name: 'http'
            instanceCount: alwaysReadyInstances
          }
        ]
        instanceMemoryMB: instanceMemoryMb
        maximumInstanceCount: maximumInstances
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      cors: {
        allowedOrigins: corsOrigins
        supportCredentials: false
      }
      appSettings: [for setting in items(union(hostSettings, programSettings)): {
        name: setting.key
        value: setting.value
      }]
    }
  }
}

// Whoever deploys shows who he is; there are no publishing passwords.
resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource noPublishingPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

@description('Name of the function app.')
output name string = app.name

@description('https address of the function app.')
output url string = 'https://${app.properties.defaultHostName}'
