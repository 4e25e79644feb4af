metadata description = 'Everything on Azure that Neolia Functions needs, in one resource group. README.md says what is where; docs/operations.md how it is deployed.'

import { activityType, drainType, enrolmentType, kamailioType, programSettings, supabaseType } from 'modules/settings.bicep'
import { tagsType } from 'modules/types.bicep'

@description('Name that every resource begins with, for example "neolia-prod": lower-case letters, digits and hyphens.')
@minLength(3)
@maxLength(16)
param name string

@description('Region, near Supabase and the VPS. Flex Consumption must be there: az functionapp list-flexconsumption-locations.')
param location string = resourceGroup().location

@description('Tags of every resource.')
param tags tagsType = {}

@description('The Supabase project.')
param supabase supabaseType

@description('Kamailio and its MySQL.')
param kamailio kamailioType

@description('How the drain works; each value has a good default.')
param drain drainType = {}

@description('The dashboard\'s log of activities; each value has a good default.')
param activity activityType = {}

@description('Links by which devices get their credentials; they begin with the app\'s own name on Azure unless said otherwise.')
param enrolment enrolmentType = {}

@description('Origins of the dashboard, whose browsers may call the app, for example "https://app.neolia.app".')
@minLength(1)
param corsOrigins string[]

@description('True: everything goes out through a NAT gateway with one static address, which Kamailio\'s firewall lets in, and the vault answers only this network. False: no network and no cost for one; the firewall has to be open to the region (docs/decisions/0015).')
param staticOutgoingAddress bool

@description('IPv4 addresses or ranges from which the operator sets secrets; only needed with the static outgoing address.')
param operatorAddresses string[] = []

@description('Instances that are kept warm for HTTP. 0: the first request after a quiet time waits for a start.')
@minValue(0)
param alwaysReadyInstances int = 0

@description('Most instances at a time. Each may open 10 connections to each database, and MySQL allows this app 200 (docs/operations.md).')
@minValue(1)
@maxValue(1000)
param maximumInstances int = 20

@description('Memory of an instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMb int = 512

@description('Mail address that alerts go to.')
param alertMail string

@description('Seconds that a change may wait before somebody is told.')
@minValue(60)
param queueAgeInSeconds int = 300

@description('Where /api/health/ready is asked from, each once in 15 minutes: population tags of Application Insights. Two of them must fail for an alert.')
@minLength(2)
param availabilityLocations string[] = ['emea-fr-pra-edge', 'emea-nl-ams-azr', 'emea-gb-db3-azr']

@description('Days for which logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionInDays int = 30

@description('Most that may be logged in a day, in GB.')
@minValue(1)
param logDailyQuotaGb int = 1

@description('Days for which a deleted secret or vault can be brought back. It can not be changed later.')
@minValue(7)
@maxValue(90)
param vaultRetentionInDays int = 90

module identity 'modules/identity.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
  }
}

module network 'modules/network.bicep' = if (staticOutgoingAddress) {
  params: {
    name: name
    location: location
    tags: tags
  }
}

// Named here, lest a preview of a deployment must know what the network's module answers.
resource appNetwork 'Microsoft.Network/virtualNetworks@2025-05-01' existing = {
  name: '${name}-network'

  resource app 'subnets' existing = {
    name: 'app'
  }
}

var subnetId = staticOutgoingAddress ? appNetwork::app.id : ''

module monitoring 'modules/monitoring.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    retentionInDays: logRetentionInDays
    dailyQuotaGb: logDailyQuotaGb
  }
}

module storage 'modules/storage.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    principalId: identity.outputs.principalId
  }
}

module vault 'modules/vault.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    subnetId: subnetId
    operatorAddresses: operatorAddresses
    retentionInDays: vaultRetentionInDays
    workspaceId: monitoring.outputs.workspaceId
  }
  dependsOn: [
    network
  ]
}

module app 'modules/app.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    identityId: identity.outputs.id
    clientId: identity.outputs.clientId
    storageAccountName: storage.outputs.accountName
    packagesUrl: storage.outputs.packagesUrl
    insightsConnectionString: monitoring.outputs.connectionString
    subnetId: subnetId
    corsOrigins: corsOrigins
    alwaysReadyInstances: alwaysReadyInstances
    maximumInstances: maximumInstances
    instanceMemoryMb: instanceMemoryMb
    programSettings: programSettings(supabase, kamailio, drain, activity, enrolment, vault.outputs.uri, identity.outputs.clientId)
  }
  dependsOn: [
    network
  ]
}

module alerts 'modules/alerts.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    mail: alertMail
    insightsId: monitoring.outputs.insightsId
    workspaceId: monitoring.outputs.workspaceId
    appUrl: app.outputs.url
    queueAgeInSeconds: queueAgeInSeconds
    availabilityLocations: availabilityLocations
  }
}

@description('Name of the function app, for deploying its package.')
output appName string = app.outputs.name

@description('https address of the function app: the dashboard\'s, and with /api/webhooks/supabase the doorbell\'s.')
output appUrl string = app.outputs.url

@description('Name of the vault that the operator puts the secrets into.')
output vaultName string = vault.outputs.name

@description('The address that Kamailio\'s firewall lets in; empty without a static one.')
output outgoingAddress string = network.?outputs.outgoingAddress ?? ''
