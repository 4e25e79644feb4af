using 'main.bicep'

// What belongs to one installation and to nobody else comes from the environment; docs/operations.md lists it. No secret
// is among it.
param name = 'neolia-prod'
param tags = {
  project: 'neolia-functions'
  environment: 'prod'
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

param staticOutgoingAddress = true
param operatorAddresses = empty(readEnvironmentVariable('OPERATOR_ADDRESSES', '')) ? [] : split(readEnvironmentVariable('OPERATOR_ADDRESSES', ''), ',')
param alwaysReadyInstances = 1
param logRetentionInDays = 90
