using System.Globalization;
using Neolia.Functions.Activity;
using Neolia.Functions.Draining;
using Neolia.Functions.Enrolling;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Reconciling;
using Neolia.Functions.Registrations;
using Neolia.Functions.Secrets;
using Neolia.Functions.Supabase;
using Neolia.Functions.Telemetry;
using Neolia.Functions.Vault;

namespace Neolia.Functions.Settings;

/// <summary>
/// Every setting that the program reads, and no other; a test records what is read, and holds both lists together. The
/// Bicep template and the documentation follow it.
/// </summary>
internal static class SettingRegistry
{
    public static readonly Setting HostPort = new("FUNCTIONS_CUSTOMHANDLER_PORT", SettingSource.Host, "Port that the Functions host calls.", "7071");

    public static readonly Setting LocalPort = new("PORT", SettingSource.Local, "Port to listen on.", "7071") { Default = "7071" };

    public static readonly Setting AzureHostName = new("WEBSITE_HOSTNAME", SettingSource.Host,
        "Name that Azure gave the app; links for devices begin with it where Enrolment__Origin is empty.", "'neolia-prod-abc.azurewebsites.net'");

    public static readonly Setting AllowedOrigins = new("Cors__AllowedOrigins", SettingSource.Local,
        "Origins of browsers that may ask, separated by commas; on Azure siteConfig.cors says so.", "'http://localhost:5173'")
    { Default = "" };

    public static readonly Setting OtlpEndpoint = new("OTEL_EXPORTER_OTLP_ENDPOINT", SettingSource.Local,
        "A collector's address for OTLP over HTTP, which traces and metrics are sent to; on Azure they go to Application Insights.", "'http://127.0.0.1:4318'");

    public static readonly Setting InsightsConnection = new("APPLICATIONINSIGHTS_CONNECTION_STRING", SettingSource.Host,
        "Application Insights, which traces and metrics are sent to besides the host's own.", "'InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://francecentral-1.in.applicationinsights.azure.com/'");

    public static readonly Setting InsightsAuthentication = new("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", SettingSource.Host,
        "Whose identity may send there.", "'ClientId=00000000-0000-0000-0000-000000000000;Authorization=AAD'");

    public static readonly Setting AdministratorPassword = new("KAMAILIO_ADMIN_PASSWORD", SettingSource.Verb,
        "Password of secure-subscribers' --admin-user.", "read into it with 'read -rs'");

    public static IReadOnlyList<Setting> All { get; } =
    [
        App(SupabaseOptions.Section, nameof(SupabaseOptions.ConnectionString), "Supabase's Postgres over the pooler, as role neolia_functions, without password.",
            "'Host=aws-0-eu-west-3.pooler.supabase.com;Port=6543;Database=postgres;Username=neolia_functions.REF;SslMode=VerifyFull;Root Certificate=certificates/prod-ca-2021.crt'") with { Required = true, BicepParameter = "supabase.poolerHost" },
        App(SupabaseOptions.Section, nameof(SupabaseOptions.JwtIssuer), "Whose user tokens are accepted, by the keys that it publishes; a project with a legacy secret may go without.",
            "'https://REF.supabase.co/auth/v1'") with { BicepParameter = "supabase.projectRef" },
        App(SupabaseOptions.Section, nameof(SupabaseOptions.JwtAudience), "Audience that user tokens must carry.", "'authenticated'") with { Default = new SupabaseOptions().JwtAudience },
        Vault(Secret.SupabasePassword, "Password of the Postgres role neolia_functions.", "what 'openssl rand -hex 24' prints") with { Required = true },
        Vault(Secret.JwtSecret, "Legacy shared secret that user tokens are signed with; without a JwtIssuer.", "the JWT secret in the API settings of the Supabase project"),

        App(KamailioOptions.Section, nameof(KamailioOptions.ConnectionString), "Kamailio's MySQL, as user neolia_functions, without password.",
            "'Server=sip.neolia.app;Database=kamailio;User ID=neolia_functions;SslMode=VerifyFull'") with { Required = true, BicepParameter = "kamailio.databaseHost" },
        App(KamailioOptions.Section, nameof(KamailioOptions.Domains), "Domains that Kamailio serves, separated by commas, the default one first.", "'sip.neolia.app'") with { Default = new KamailioOptions().Domains },
        App(KamailioOptions.Section, nameof(KamailioOptions.WsServers), "WebSocket address that devices are given.", "'wss://sip.neolia.app:8443'") with { Default = new KamailioOptions().WsServers },
        App(KamailioOptions.Section, nameof(KamailioOptions.SipAddress), "Kamailio's SIP listener over UDP, asked by check_status; without it the first domain, port 5060.", "'sip.neolia.app:5060'") with { Default = new KamailioOptions().SipAddress },
        App(KamailioOptions.Section, nameof(KamailioOptions.TimeZone), "Time zone that Kamailio's process runs in, by its IANA name.", "'UTC'") with { Default = new KamailioOptions().TimeZone },
        Vault(Secret.KamailioPassword, "Password of the MySQL user neolia_functions.", "what 'openssl rand -hex 24' prints") with { Required = true },

        Vault(Secret.WebhookSecret, "Secret of the doorbell, the same as neolia_doorbell_secret in Supabase Vault; without it every doorbell is refused and changes wait for the timer.", "what 'echo \"whsec_$(openssl rand -base64 32)\"' prints"),

        App(VaultOptions.Section, nameof(VaultOptions.Uri), "The vault that has the secrets.", "'https://neolia-prod.vault.azure.net'") with { BicepParameter = null },
        App(VaultOptions.Section, nameof(VaultOptions.ClientId), "Client id of the user-assigned managed identity; without it the system-assigned one.", "'00000000-0000-0000-0000-000000000000'") with { BicepParameter = null },
        App(VaultOptions.Section, nameof(VaultOptions.RefreshInterval), "How often the secrets are read anew.", "'00:00:45'") with { Default = Text(new VaultOptions().RefreshInterval), BicepParameter = null },

        Drain(nameof(DrainOptions.BatchSize), "Subjects a turn takes at once.", o => o.BatchSize),
        Drain(nameof(DrainOptions.Lanes), "Turns that an instance takes side by side while a backlog waits.", o => o.Lanes),
        Drain(nameof(DrainOptions.Lease), "How long a claimed subject is left alone by other workers.", o => o.Lease),
        Drain(nameof(DrainOptions.BackoffFrom), "First back-off of a subject that failed.", o => o.BackoffFrom),
        Drain(nameof(DrainOptions.BackoffTo), "Longest back-off of a subject.", o => o.BackoffTo),
        Drain(nameof(DrainOptions.OutageBackoff), "Longest back-off while Kamailio's database is out of reach.", o => o.OutageBackoff),
        Drain(nameof(DrainOptions.LingerPoll), "How often the queue is looked at after work.", o => o.LingerPoll),
        Drain(nameof(DrainOptions.LingerFor), "How long it is looked at without work.", o => o.LingerFor),
        Drain(nameof(DrainOptions.WebhookBudget), "How long a doorbell waits for its work.", o => o.WebhookBudget),
        Drain(nameof(DrainOptions.RequestBudget), "How long a request or a timer waits for its work.", o => o.RequestBudget),
        Drain(nameof(DrainOptions.Interval), "Period of the drain without the Functions host's timer.", o => o.Interval) with { Source = SettingSource.Local, BicepParameter = null },

        Activity(nameof(ActivityOptions.Language), "Language of the dashboard's log of activities, fr or en.", o => o.Language),
        Activity(nameof(ActivityOptions.KeepFor), "How long that log is kept.", o => o.KeepFor),
        Activity(nameof(ActivityOptions.GroupAbove), "More events of one kind, site and asker share a row; fewer have one each.", o => o.GroupAbove),

        App(EnrolmentOptions.Section, nameof(EnrolmentOptions.Origin), "Scheme and host that links for devices begin with, where it isn't the app's own name on Azure.", "'https://functions.neolia.app'") with { Default = new EnrolmentOptions().Origin },

        Registrations(nameof(RegistrationOptions.Interval), "Period of the registrations' timer without the Functions host's.", o => o.Interval) with { Source = SettingSource.Local },
        Registrations(nameof(RegistrationOptions.Budget), "How long one run of that timer writes; the next one goes on.", o => o.Budget),
        Registrations(nameof(RegistrationOptions.LastSeenLag), "By how much last_registration may lag behind while a device stays registered.", o => o.LastSeenLag),

        Reconcile(nameof(ReconcileOptions.MaxRemovedShare), "Share of Kamailio's accounts or units that reconcile may remove without --force.", o => o.MaxRemovedShare),
        Reconcile(nameof(ReconcileOptions.StatementTimeout), "Longest time for a statement over whole tables.", o => o.StatementTimeout),
        Reconcile(nameof(ReconcileOptions.Interval), "Period of reconcile without the Functions host's timer.", o => o.Interval) with { Source = SettingSource.Local },

        Telemetry(nameof(TelemetryOptions.TracesPerSecond), "Traces that an instance begins in a second, in the long run.", o => o.TracesPerSecond),
        Telemetry(nameof(TelemetryOptions.Interval), "How often metrics are sent to an OTLP endpoint.", o => o.Interval) with { Source = SettingSource.Local },

        HostPort, AzureHostName, InsightsConnection, InsightsAuthentication, OtlpEndpoint, LocalPort, AllowedOrigins, AdministratorPassword,
    ];

    public static Setting? Find(string name) => All.FirstOrDefault(setting => setting.Name == name);

    public static Setting Get(string name) => Find(name) ?? throw new KeyNotFoundException($"{name} is not in the list of settings.");

    /// <summary>The only way to read one besides the options that are bound to a section: what is not in the list is not read.</summary>
    public static string? Read(this IConfiguration configuration, Setting setting) => configuration[setting.Key];

    private static Setting App(string section, string name, string meaning, string example) =>
        new($"{section}__{name}", SettingSource.AppSetting, meaning, example)
        {
            // The template's parameters are objects by section: Drain__BatchSize is filled from drain.batchSize.
            BicepParameter = $"{Camel(section)}.{Camel(name)}",
        };

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static Setting Vault(Secret secret, string meaning, string example) =>
        new(ConfiguredSecrets.SettingOf(secret), SettingSource.Secret, meaning, example) { VaultSecret = VaultSecrets.NameOf(secret) };

    private static Setting Drain(string name, string meaning, Func<DrainOptions, object> value)
    {
        var text = Text(value(new DrainOptions()));
        return App(DrainOptions.Section, name, meaning, $"'{text}'") with { Default = text };
    }

    private static Setting Activity(string name, string meaning, Func<ActivityOptions, object> value)
    {
        var text = Text(value(new ActivityOptions()));
        return App(ActivityOptions.Section, name, meaning, $"'{text}'") with { Default = text };
    }

    private static Setting Registrations(string name, string meaning, Func<RegistrationOptions, object> value)
    {
        var text = Text(value(new RegistrationOptions()));
        return App(RegistrationOptions.Section, name, meaning, $"'{text}'") with { Default = text, BicepParameter = null };
    }

    private static Setting Telemetry(string name, string meaning, Func<TelemetryOptions, object> value)
    {
        var text = Text(value(new TelemetryOptions()));
        return App(TelemetryOptions.Section, name, meaning, $"'{text}'") with { Default = text, BicepParameter = null };
    }

    private static Setting Reconcile(string name, string meaning, Func<ReconcileOptions, object> value)
    {
        var text = Text(value(new ReconcileOptions()));
        return App(ReconcileOptions.Section, name, meaning, $"'{text}'") with { Default = text, BicepParameter = null };
    }

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
