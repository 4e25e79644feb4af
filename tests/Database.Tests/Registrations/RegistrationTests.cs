using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Registrations;

namespace Neolia.Database.Tests.Registrations;

/// <summary>What the dashboard shows of a device is what Kamailio's table location says.</summary>
public sealed class RegistrationTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private RegistrationRig _rig = null!;
    private Guid _unit;
    private Guid _account;

    public async ValueTask InitializeAsync()
    {
        _rig = await RegistrationRig.CreateAsync(supabase, mariaDb);
        _unit = await _rig.Dashboard.CreateUnitAsync();
        _account = await _rig.CreateAccountAsync(_unit, "hall");
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_device_that_registers_and_unregisters_is_shown_so_and_the_time_of_its_last_REGISTER_stays()
    {
        await _rig.RunAsync();
        Assert.Equal("false|never", await _rig.ShownAsync(_account));

        var at = await _rig.RegisterAsync("hall");
        await _rig.RunAsync();
        Assert.Equal(RegistrationRig.Shown(true, at), await _rig.ShownAsync(_account));

        await _rig.UnregisterAsync("hall");
        await _rig.RunAsync();
        Assert.Equal(RegistrationRig.Shown(false, at), await _rig.ShownAsync(_account));
    }

    [Fact]
    public async Task A_registration_that_expired_counts_no_more_although_its_row_is_still_there()
    {
        var at = RegistrationRig.Now().AddMinutes(-10);
        await _rig.RegisterAsync("hall", at, at.AddMinutes(20));
        await _rig.RunAsync();
        Assert.Equal(RegistrationRig.Shown(true, at), await _rig.ShownAsync(_account));

        await _rig.Databases.MySql.ExecuteAsync("update location set expires = utc_timestamp() - interval 1 second");
        await _rig.RunAsync();
        Assert.Equal(RegistrationRig.Shown(false, at), await _rig.ShownAsync(_account));
    }

    [Fact]
    public async Task Of_several_contacts_one_is_enough_and_the_latest_REGISTER_counts()
    {
        var now = RegistrationRig.Now();
        await _rig.RegisterAsync("hall", now.AddMinutes(-5), now.AddMinutes(5), "192.0.2.1");
        await _rig.RegisterAsync("hall", now.AddMinutes(-1), now.AddMinutes(9), "192.0.2.2");
        await _rig.RegisterAsync("hall", now.AddMinutes(-9), now.AddMinutes(-1), "192.0.2.3");
        await _rig.RunAsync();
        Assert.Equal(RegistrationRig.Shown(true, now.AddMinutes(-1)), await _rig.ShownAsync(_account));

        await _rig.Databases.MySql.ExecuteAsync("delete from location where contact like '%192.0.2.2'");
        await _rig.RunAsync();
        Assert.Equal(RegistrationRig.Shown(true, now.AddMinutes(-1)), await _rig.ShownAsync(_account));
    }

    [Fact]
    public async Task What_did_not_change_is_not_written()
    {
        var quiet = await _rig.CreateAccountAsync(_unit, "quiet");
        await _rig.RegisterAsync("hall");
        await _rig.RunAsync();
        var before = await RowsAsync();

        var again = await _rig.RunAsync();

        Assert.Equal((1, 0, 0), (again.Registered, again.Changed, again.SitesChanged));
        Assert.Equal(before, await RowsAsync());
        Assert.Equal("false|never", await _rig.ShownAsync(quiet));

        Task<List<string>> RowsAsync() => _rig.Databases.Postgres.RowsAsync("select id, xmin::text from sip_accounts union all select id, xmin::text from sites order by 1");
    }

    [Fact]
    public async Task Brings_no_work_to_the_drain_and_rings_no_doorbell()
    {
        await _rig.Databases.Postgres.ExecuteAsync("""
            select vault.create_secret('http://127.0.0.1:9/', 'neolia_doorbell_url');
            select vault.create_secret('whsec_' || encode(sha256(uuid_send(gen_random_uuid())), 'base64'), 'neolia_doorbell_secret')
            """);
        await _rig.Databases.Postgres.ExecuteAsync("delete from net.http_request_queue where true");
        var state = await _rig.Dashboard.SyncStateAsync(_account);
        await _rig.RegisterAsync("hall");

        var report = await _rig.RunAsync();

        Assert.Equal((1, 1), (report.Changed, report.SitesChanged));
        Assert.Empty(await _rig.Dashboard.QueueAsync());
        Assert.Equal("0", await _rig.Databases.Postgres.ValueAsync("select count(*) from net.http_request_queue"));
        Assert.Equal(state, await _rig.Dashboard.SyncStateAsync(_account));
    }

    [Fact]
    public async Task A_guest_is_nobodys_account()
    {
        await _rig.Databases.MySql.AddGuestAsync("testuser");
        var waiting = await _rig.CreateAccountAsync(_unit, "testuser");
        await _rig.RegisterAsync("testuser");
        await _rig.RegisterAsync("stranger");

        var report = await _rig.RunAsync();

        Assert.Equal(0, report.Registered);
        Assert.Equal("false|never", await _rig.ShownAsync(waiting));
    }

    [Theory]
    [InlineData("Europe/Paris")]
    [InlineData("America/Martinique")]
    [InlineData("Pacific/Auckland")]
    public async Task Kamailios_times_are_those_of_its_own_time_zone(string timeZone)
    {
        var expired = await _rig.CreateAccountAsync(_unit, "expired");
        var now = RegistrationRig.Now();
        var zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);
        await _rig.RegisterAsync("hall", Local(now), Local(now.AddMinutes(1)));
        await _rig.RegisterAsync("expired", Local(now.AddMinutes(-10)), Local(now.AddSeconds(-1)));

        await _rig.RunAsync(timeZone);

        Assert.Equal(RegistrationRig.Shown(true, now), await _rig.ShownAsync(_account));
        Assert.Equal("false|never", await _rig.ShownAsync(expired));

        DateTime Local(DateTime utc) => TimeZoneInfo.ConvertTimeFromUtc(utc, zone);
    }

    [Fact]
    public async Task Nothing_changes_while_Kamailios_database_is_out_of_reach()
    {
        var at = await _rig.RegisterAsync("hall");
        await _rig.RunAsync();
        var elsewhere = new MySqlConnector.MySqlConnectionStringBuilder(_rig.Databases.KamailioOptions.ConnectionString) { Database = "gone" };

        var report = await _rig
            .NewRunner(kamailio: new() { ConnectionString = elsewhere.ConnectionString })
            .RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal((RegistrationOutcome.KamailioUnreachable, 0), (report.Outcome, report.Changed));
        Assert.Equal(RegistrationRig.Shown(true, at), await _rig.ShownAsync(_account));
    }
}
