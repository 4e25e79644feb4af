metadata description = 'Who the function app is: one identity for the vault, the storage and the telemetry. It has no password.'

import { tagsType } from 'types.bicep'

@description('Name that every resource of this installation begins with.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags tagsType

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${name}-identity'
  location: location
  tags: tags
}

@description('Resource id, for the function app.')
output id string = identity.id

@description('Client id, by which the program and the host choose this identity.')
output clientId string = identity.properties.clientId

@description('Object id, for role assignments.')
output principalId string = identity.properties.principalId
