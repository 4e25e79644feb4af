using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Registrations;

namespace Neolia.Database.Tests.Registrations;

/// <summary>The timer's run over both real databases, and devices that come and go.</summary>
public sealed class RegistrationRig : IAsyncDisposable
{
    private readonly AppConnections _connections;

    private RegistrationRig(DrainRig databases) => (Databases, _connections) = (databases, new AppConnections(databases));

    public DrainRig Databases { get; }

    public Dashboard Dashboard => Databases.Dashboard;

    public static async Task<RegistrationRig> CreateAsync(SupabaseFixture supabase, MariaDbFixture mariaDb) =>
        new(await DrainRig.CreateAsync(supabase, mariaDb));

    /// <summary>An account that Kamailio knows.</summary>
    public async Task<Guid> CreateAccountAsync(Guid unit, string username, string type = "panel", bool enabled = true)
    {
        var account = await Dashboard.CreateAccountAsync(unit, username, type, enabled);
        await Databases.NewWorker().DrainAsync();
        return account;
    }

    public Task<RegistrationReport> RunAsync(string timeZone = "UTC", RegistrationOptions? options = null) =>
        NewRunner(timeZone, options: options).RunAsync(TestContext.Current.CancellationToken);

    /// <param name="beforeReading">Runs when the run has its turn and is about to ask Kamailio's database.</param>
    public RegistrationRunner NewRunner(string timeZone = "UTC", Func<Task>? beforeReading = null, KamailioOptions? kamailio = null, RegistrationOptions? options = null)
    {
        var database = (kamailio ?? Databases.KamailioOptions).As(LocalStack.MariaDb.KamailioDatabase.App);
        database.TimeZone = timeZone;
        var supabase = _connections.Supabase();
        var location = new LocationReader(_connections.Kamailio(beforeReading, database), Options.Create(database));
        var settings = Options.Create(options ?? new RegistrationOptions());
        return new RegistrationRunner(new RegistrationPass(supabase, location, settings), new SiteStatus(supabase), settings, NullLogger<RegistrationRunner>.Instance);
    }

    public SiteStatus NewSiteStatus() => new(_connections.Supabase());

    /// <param name="at">When it registered, in Kamailio's local time.</param>
    /// <param name="expires">Until when, likewise.</param>
    public Task RegisterAsync(string username, DateTime at, DateTime expires, string contact = "192.0.2.1") => Databases.MySql.ExecuteAsync($"""
        insert into location (ruid, username, domain, contact, expires, last_modified, callid, cseq, user_agent)
        values (uuid(), '{username}', '{Dashboard.Domain}', 'sip:{username}@{contact}', '{Text(expires)}', '{Text(at)}', uuid(), 1, 'panel')
        """);

    /// <summary>Registers for ten minutes, now, in UTC.</summary>
    public async Task<DateTime> RegisterAsync(string username, string contact = "192.0.2.1")
    {
        var now = Now();
        await RegisterAsync(username, now, now.AddMinutes(10), contact);
        return now;
    }

    public Task UnregisterAsync(string username) => Databases.MySql.ExecuteAsync($"delete from location where username = '{username}'");

    /// <summary>To the second, as Kamailio writes it.</summary>
    public static DateTime Now() => new(DateTime.UtcNow.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, DateTimeKind.Utc);

    /// <summary><c>registered|last registration</c> as the dashboard reads it.</summary>
    public Task<string> ShownAsync(Guid account) => Databases.Postgres.ValueAsync(
        $"select registered || '|' || coalesce(to_char(last_registration at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), 'never') from sip_accounts where id = '{account}'");

    public static string Shown(bool registered, DateTime at) => $"{(registered ? "true" : "false")}|{Text(at)}";

    public Task<string> StatusAsync(Guid site) => Databases.Postgres.ValueAsync($"select status from sites where id = '{site}'");

    public async ValueTask DisposeAsync()
    {
        await _connections.DisposeAsync();
        await Databases.DisposeAsync();
    }

    private static string Text(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
