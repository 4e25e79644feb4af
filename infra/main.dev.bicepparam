using 'main.bicep'

// An installation to try things on: nothing is kept warm, no static address. What belongs to one installation and to
// nobody else comes from the environment; docs/operations.md lists it. No secret is among it.
param name = 'neolia-dev'
param tags = {
  project: 'neolia-functions'
  environment: 'dev'
}

param supabase = {
  projectRef: readEnvironmentVariable('SUPABASE_PROJECT_REF')
  poolerHost: readEnvironmentVariable('SUPABASE_POOLER_HOST')
}
param kamailio = {
  databaseHost: readEnvironmentVariable('KAMAILIO_HOST')
  rootCertificate: readEnvironmentVariable('KAMAILIO_ROOT_CERTIFICATE', '')
  domains: split(readEnvironmentVariable('KAMAILIO_DOMAINS'), ',')
  wsServers: readEnvironmentVariable('KAMAILIO_WS_SERVERS')
  sipAddress: readEnvironmentVariable('KAMAILIO_SIP_ADDRESS')
}
param corsOrigins = split(readEnvironmentVariable('DASHBOARD_ORIGINS'), ',')
param alertMail = readEnvironmentVariable('ALERT_MAIL')

param staticOutgoingAddress = false
param alwaysReadyInstances = 0
param vaultRetentionInDays = 7
