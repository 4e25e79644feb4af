metadata description = 'Network of the function app with one static outgoing address, for the firewall in front of Kamailio\'s MySQL.'

import { tagsType } from 'types.bicep'

@description('Name that every resource of this installation begins with.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags tagsType

// Nothing else lives here, and nothing is peered: any private range does. A /26 is room for the 40 instances and more.
var addressRange = '10.88.0.0/24'
var appRange = '10.88.0.0/26'

resource outgoing 'Microsoft.Network/publicIPAddresses@2025-05-01' = {
  name: '${name}-outgoing'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    publicIPAddressVersion: 'IPv4'
    publicIPAllocationMethod: 'Static'
    idleTimeoutInMinutes: 4
  }
}

resource nat 'Microsoft.Network/natGateways@2025-05-01' = {
  name: '${name}-nat'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    idleTimeoutInMinutes: 4
    publicIpAddresses: [
      {
        id: outgoing.id
      }
    ]
  }
}

// Nothing may come in; the app is reached through the Functions front end, not through this network.
resource noWayIn 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: '${name}-no-way-in'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'internet'
        properties: {
          direction: 'Inbound'
          access: 'Deny'
          priority: 100
          protocol: '*'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: '${name}-network'
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [
        addressRange
      ]
    }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: appRange
          defaultOutboundAccess: false
          natGateway: {
            id: nat.id
          }
          networkSecurityGroup: {
            id: noWayIn.id
          }
          serviceEndpoints: [
            {
              service: 'Microsoft.KeyVault'
            }
          ]
          delegations: [
            {
              name: 'functions'
              properties: {
                serviceName: 'Microsoft.App/environments'
              }
            }
          ]
        }
      }
    ]
  }
}

@description('The address that Kamailio\'s firewall lets in.')
output outgoingAddress string = outgoing.properties.ipAddress
