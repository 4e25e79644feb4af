metadata description = 'Settings of the program, built from what the operator decides. Their meaning stands where they are read: src/Shared/*/*Options.cs, src/Functions/Vault/VaultOptions.cs.'

@export()
@description('Settings: names and values.')
type settingsType = {
  *: string
}

@export()
@description('The Supabase project.')
type supabaseType = {
  @description('Reference of the project: 20 lower-case letters and digits, the first part of its address.')
  @minLength(20)
  @maxLength(20)
  projectRef: string

  @description('Host of the connection pooler, from the dashboard: Connect, Transaction pooler. The database\'s own host has IPv6 only, which Azure Functions does not reach.')
  poolerHost: string

  @description('Audience of user tokens.')
  jwtAudience: string?

  @description('Certificate of the authority that signs the pooler\'s, from the dashboard: Database settings, SSL configuration; inside the package.')
  rootCertificate: string?
}

@export()
@description('Kamailio and its MySQL.')
type kamailioType = {
  @description('Host of Kamailio\'s MySQL, as its certificate names it.')
  databaseHost: string

  @description('Port of Kamailio\'s MySQL.')
  @minValue(1)
  @maxValue(65535)
  databasePort: int?

  @description('Name of Kamailio\'s database.')
  database: string?

  @description('Certificate of the authority that signs MySQL\'s, inside the package; empty: a public authority such as Let\'s Encrypt.')
  rootCertificate: string?

  @description('Domains that Kamailio serves, the default one first.')
  @minLength(1)
  domains: string[]

  @description('WebSocket address that devices are given.')
  wsServers: string

  @description('host:port of Kamailio\'s SIP listener over UDP.')
  sipAddress: string
  @description('Time zone that Kamailio\'s process runs in, by its IANA name: it writes the times of registrations as local time. UTC is best.')
  timeZone: string?
}

@export()
@description('How the drain works; each has a good default.')
type drainType = {
  @description('Subjects that a turn takes at once.')
  batchSize: int?
  @description('Turns that an instance takes side by side while a backlog waits; each holds a connection to both databases.')
  lanes: int?
  @description('How long a claimed subject is left alone by other instances.')
  lease: string?
  @description('First back-off of a subject that failed.')
  backoffFrom: string?
  @description('Longest back-off of a subject.')
  backoffTo: string?
  @description('Longest back-off while Kamailio\'s database is out of reach.')
  outageBackoff: string?
  @description('How often the queue is looked at while lingering after work.')
  lingerPoll: string?
  @description('How long lingering goes on without work.')
  lingerFor: string?
  @description('How long a doorbell is kept waiting for its work.')
  webhookBudget: string?
  @description('How long a dashboard\'s or the timer\'s request waits for its work.')
  requestBudget: string?
}

@export()
@description('The dashboard\'s log of activities; each value has a good default.')
type activityType = {
  @description('Language of its sentences.')
  language: ('fr' | 'en')?
  @description('How long it is kept, as days.hours:minutes:seconds.')
  keepFor: string?
  @description('More events of one kind, site and asker share a row; fewer have one each.')
  groupAbove: int?
}

@export()
@description('Links by which devices get their credentials.')
type enrolmentType = {
  @description('Scheme and host that links begin with, as devices reach the app, where that isn\'t its own name on Azure.')
  origin: string?
}

// Each instance may open that many connections to each database; both have limits that all instances share.
var poolSize = 10

func supabaseConnection(supabase supabaseType) string =>
  join([
    'Host=${supabase.poolerHost}'
    'Port=6543'
    'Database=postgres'
    'Username=neolia_functions.${supabase.projectRef}'
    'SslMode=VerifyFull'
    'Root Certificate=${supabase.?rootCertificate ?? 'certificates/prod-ca-2021.crt'}'
    'Maximum Pool Size=${poolSize}'
  ], ';')

func kamailioConnection(kamailio kamailioType) string =>
  join(concat([
    'Server=${kamailio.databaseHost}'
    'Port=${kamailio.?databasePort ?? 3306}'
    'Database=${kamailio.?database ?? 'kamailio'}'
    'User ID=neolia_functions'
    'SslMode=VerifyFull'
    'Maximum Pool Size=${poolSize}'
  ], empty(kamailio.?rootCertificate) ? [] : [
    'SslCa=${kamailio.?rootCertificate}'
  ]), ';')

@export()
@description('Every setting that the program reads on Azure. No secret: those are read from the vault.')
func programSettings(supabase supabaseType, kamailio kamailioType, drain drainType, activity activityType, enrolment enrolmentType, vaultUri string, clientId string) settingsType => {
  Supabase__ConnectionString: supabaseConnection(supabase)
  Supabase__JwtIssuer: 'https://${supabase.projectRef}.supabase.co/auth/v1'
  Supabase__JwtAudience: supabase.?jwtAudience ?? 'authenticated'
  Kamailio__ConnectionString: kamailioConnection(kamailio)
  Kamailio__Domains: join(kamailio.domains, ',')
  Kamailio__WsServers: kamailio.wsServers
  Kamailio__SipAddress: kamailio.sipAddress
  Kamailio__TimeZone: kamailio.?timeZone ?? 'UTC'
  KeyVault__Uri: vaultUri
  KeyVault__ClientId: clientId
  KeyVault__RefreshInterval: '00:00:45'
  Drain__BatchSize: string(drain.?batchSize ?? 400)
  Drain__Lanes: string(drain.?lanes ?? 3)
  Drain__Lease: drain.?lease ?? '00:00:30'
  Drain__BackoffFrom: drain.?backoffFrom ?? '00:00:01'
  Drain__BackoffTo: drain.?backoffTo ?? '00:05:00'
  Drain__OutageBackoff: drain.?outageBackoff ?? '00:00:01'
  Drain__LingerPoll: drain.?lingerPoll ?? '00:00:00.020'
  Drain__LingerFor: drain.?lingerFor ?? '00:00:05'
  Drain__WebhookBudget: drain.?webhookBudget ?? '00:00:02'
  Drain__RequestBudget: drain.?requestBudget ?? '00:00:30'
  Activity__Language: activity.?language ?? 'fr'
  Activity__KeepFor: activity.?keepFor ?? '90.00:00:00'
  Activity__GroupAbove: string(activity.?groupAbove ?? 10)
  Enrolment__Origin: enrolment.?origin ?? ''
  Registrations__Budget: '00:00:15'
  Registrations__LastSeenLag: '00:15:00'
  Telemetry__TracesPerSecond: '0.5'
  Reconcile__MaxRemovedShare: '0.1'
  Reconcile__StatementTimeout: '00:05:00'
}
