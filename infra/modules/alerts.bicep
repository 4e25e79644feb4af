metadata description = 'What wakes somebody up. What each one means and what to do: docs/operations.md, Alerts.'

import { tagsType } from 'types.bicep'

@description('Name that every resource of this installation begins with.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags tagsType

@description('Mail address that alerts go to.')
param mail string

@description('Resource id of Application Insights, with the lines that the program writes.')
param insightsId string

@description('Resource id of the workspace, with the vault\'s audit log.')
param workspaceId string

@description('https address of the function app.')
param appUrl string

@description('Seconds that a change may wait before somebody is told.')
param queueAgeInSeconds int

@description('Where /api/health/ready is asked from; each asks once in 15 minutes.')
@minLength(2)
param availabilityLocations string[]

type logAlertType = {
  @description('Name of the alert, as docs/operations.md has it.')
  name: string
  @description('What is wrong, in the mail.')
  description: string
  @description('0 critical, 1 error, 2 warning, 3 information.')
  severity: 0 | 1 | 2 | 3
  @description('KQL, one row per finding, or one row with a column "Value".')
  query: string
  @description('Where the query runs.')
  scope: string
  @description('True: the column "Value" is compared; false: rows are counted.')
  measured: bool
  @description('Compared how.')
  operator: 'GreaterThan' | 'LessThan'
  @description('Compared with what.')
  threshold: int
}

var logAlerts logAlertType[] = [
  {
    name: 'queue-age'
    description: 'Changes from the dashboard wait too long before Kamailio gets them.'
    severity: 1
    query: loadTextContent('../queries/queue-age.kql')
    scope: insightsId
    measured: true
    operator: 'GreaterThan'
    threshold: queueAgeInSeconds
  }
  {
    name: 'queue-silent'
    description: 'The drain timer has not reported for 15 minutes: the function app does not run, or its logs do not arrive.'
    severity: 1
    query: loadTextContent('../queries/queue-silent.kql')
    scope: insightsId
    measured: true
    operator: 'LessThan'
    threshold: 1
  }
  {
    name: 'failures'
    description: 'Requests or drains fail, or a database is out of reach.'
    severity: 2
    query: loadTextContent('../queries/failures.kql')
    scope: insightsId
    measured: false
    operator: 'GreaterThan'
    threshold: 5
  }
  {
    name: 'stopped'
    description: 'The program ended by itself.'
    severity: 1
    query: loadTextContent('../queries/stopped.kql')
    scope: insightsId
    measured: false
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'failed-subjects'
    description: 'Accounts or call rules can not be synced until somebody changes them.'
    severity: 3
    query: loadTextContent('../queries/failed-subjects.kql')
    scope: insightsId
    measured: true
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'reconcile-refused'
    description: 'Supabase says so much less than Kamailio holds that reconcile changed nothing: an empty or a wrong database?'
    severity: 1
    query: loadTextContent('../queries/reconcile-refused.kql')
    scope: insightsId
    measured: false
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'refused-doorbells'
    description: 'Webhooks come with a wrong signature: the secrets of Supabase and the vault differ, or somebody tries.'
    severity: 2
    query: loadTextContent('../queries/refused-doorbells.kql')
    scope: insightsId
    measured: false
    operator: 'GreaterThan'
    threshold: 20
  }
  {
    name: 'vault-unreadable'
    description: 'The program can not read its secrets; the last good ones serve, and a restart would find none.'
    severity: 1
    query: loadTextContent('../queries/vault-unreadable.kql')
    scope: insightsId
    measured: false
    operator: 'GreaterThan'
    threshold: 3
  }
  {
    name: 'vault-denials'
    description: 'The vault turned somebody away.'
    severity: 2
    query: loadTextContent('../queries/vault-denials.kql')
    scope: workspaceId
    measured: false
    operator: 'GreaterThan'
    threshold: 0
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${name}-people'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: take(name, 12)
    enabled: true
    emailReceivers: [
      {
        name: 'operator'
        emailAddress: mail
        useCommonAlertSchema: true
      }
    ]
  }
}

resource logAlert 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [for alert in logAlerts: {
  name: '${name}-${alert.name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: '${name}: ${alert.name}'
    description: alert.description
    severity: alert.severity
    enabled: true
    autoMitigate: true
    scopes: [
      alert.scope
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    // Before the first audit line the vault's table is not there.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: alert.query
          timeAggregation: alert.measured ? 'Maximum' : 'Count'
          metricMeasureColumn: alert.measured ? 'Value' : null
          operator: alert.operator
          threshold: alert.threshold
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        people.id
      ]
    }
  }
}]

resource readinessTest 'Microsoft.Insights/webtests@2022-06-15' = {
  name: '${name}-ready'
  location: location
  tags: union(tags, {
    'hidden-link:${insightsId}': 'Resource'
  })
  kind: 'standard'
  properties: {
    Name: '${name}-ready'
    SyntheticMonitorId: '${name}-ready'
    Kind: 'standard'
    Enabled: true
    Frequency: 900
    Timeout: 30
    RetryEnabled: true
    Locations: [for place in availabilityLocations: { Id: place }]
    Request: {
      HttpVerb: 'GET'
      RequestUrl: '${appUrl}/api/health/ready'
      FollowRedirects: false
      ParseDependentRequests: false
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 7
    }
  }
}

resource notReady 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: '${name}-not-ready'
  location: 'global'
  tags: tags
  properties: {
    description: 'The function app does not answer, or can not reach Supabase or Kamailio\'s database.'
    severity: 1
    enabled: true
    autoMitigate: true
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    scopes: [
      readinessTest.id
      insightsId
    ]
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: readinessTest.id
      componentId: insightsId
      failedLocationCount: 2
    }
    actions: [
      {
        actionGroupId: people.id
      }
    ]
  }
}
