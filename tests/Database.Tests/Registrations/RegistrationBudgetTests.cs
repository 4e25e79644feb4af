using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Registrations;

namespace Neolia.Database.Tests.Registrations;

/// <summary>More changes than a run has time for, and changes that are not worth a row each time.</summary>
public sealed class RegistrationBudgetTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    /// <summary>One transaction, and the time is up.</summary>
    private static readonly RegistrationOptions Hurried = new() { Budget = TimeSpan.Zero };

    private RegistrationRig _rig = null!;
    private Guid _unit;

    public async ValueTask InitializeAsync()
    {
        _rig = await RegistrationRig.CreateAsync(supabase, mariaDb);
        _unit = await _rig.Dashboard.CreateUnitAsync();
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_run_brings_more_than_one_transaction_takes()
    {
        const int devices = (2 * RegistrationPass.MaxInTransaction) + 1;
        await RegisterManyAsync(devices);

        Assert.Equal(devices, (await _rig.RunAsync()).Changed);
        Assert.Equal(0, (await _rig.RunAsync()).Changed);
    }

    [Fact]
    public async Task What_a_run_had_no_time_for_comes_next_even_while_those_before_it_come_and_go()
    {
        const int devices = 3 * RegistrationPass.MaxInTransaction;
        await RegisterManyAsync(devices);

        for (var run = 0; run < 3; run++)
        {
            Assert.Equal(RegistrationPass.MaxInTransaction, (await _rig.RunAsync(options: Hurried)).Changed);

            // Those of the lowest ids differ again, whatever the run wrote.
            await _rig.Databases.Postgres.ExecuteAsync($"""
                update sip_accounts set registered = false, last_registration = '2026-01-01'
                where id in (select id from sip_accounts order by id limit {RegistrationPass.MaxInTransaction})
                """);
        }

        Assert.Equal($"{devices - RegistrationPass.MaxInTransaction}", await RegisteredAsync());
        Assert.Equal(RegistrationPass.MaxInTransaction, (await _rig.RunAsync(options: Hurried)).Changed);
        Assert.Equal($"{devices}", await RegisteredAsync());
    }

    [Fact]
    public async Task Who_is_registered_comes_before_when_it_last_was()
    {
        await RegisterManyAsync(RegistrationPass.MaxInTransaction + 1);
        await _rig.RunAsync();
        await _rig.Databases.Postgres.ExecuteAsync("update sip_accounts set last_registration = last_registration - interval '1 day'");
        var gone = await _rig.Databases.Postgres.ValueAsync("select username from sip_accounts order by id desc limit 1");
        await _rig.UnregisterAsync(gone);

        var first = await _rig.RunAsync(options: Hurried);

        Assert.Equal("false", await _rig.Databases.Postgres.ValueAsync($"select registered::text from sip_accounts where username = '{gone}'"));
        Assert.Equal(RegistrationPass.MaxInTransaction, first.Changed);
    }

    [Fact]
    public async Task The_time_of_the_last_REGISTER_is_written_when_it_lags_behind_by_more_than_it_may()
    {
        var account = await _rig.CreateAccountAsync(_unit, "hall");
        var options = new RegistrationOptions { LastSeenLag = TimeSpan.FromMinutes(10) };
        var first = RegistrationRig.Now().AddMinutes(-30);
        await _rig.RegisterAsync("hall", first, first.AddHours(2));
        await _rig.RunAsync(options: options);

        Assert.Equal(0, (await RefreshAsync(first.AddMinutes(10))).Changed);
        Assert.Equal(RegistrationRig.Shown(true, first), await _rig.ShownAsync(account));
        Assert.Equal(1, (await RefreshAsync(first.AddMinutes(11))).Changed);
        Assert.Equal(RegistrationRig.Shown(true, first.AddMinutes(11)), await _rig.ShownAsync(account));

        // A device that comes back is news, however short it was away.
        await _rig.UnregisterAsync("hall");
        await _rig.RunAsync(options: options);
        await _rig.RegisterAsync("hall", first.AddMinutes(12), first.AddHours(2));
        await _rig.RunAsync(options: options);
        Assert.Equal(RegistrationRig.Shown(true, first.AddMinutes(12)), await _rig.ShownAsync(account));

        async Task<RegistrationReport> RefreshAsync(DateTime at)
        {
            await _rig.Databases.MySql.ExecuteAsync($"update location set last_modified = '{at:yyyy-MM-dd HH:mm:ss}'");
            return await _rig.RunAsync(options: options);
        }
    }

    [Fact]
    public async Task The_time_of_the_last_REGISTER_is_put_right_when_the_device_goes()
    {
        var account = await _rig.CreateAccountAsync(_unit, "hall");
        var runner = _rig.NewRunner();
        var first = RegistrationRig.Now().AddMinutes(-10);
        await _rig.RegisterAsync("hall", first, first.AddHours(1));
        await runner.RunAsync(TestContext.Current.CancellationToken);
        await _rig.Databases.MySql.ExecuteAsync($"update location set last_modified = '{first.AddMinutes(5):yyyy-MM-dd HH:mm:ss}'");
        await runner.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(RegistrationRig.Shown(true, first), await _rig.ShownAsync(account));

        await _rig.UnregisterAsync("hall");
        await runner.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(RegistrationRig.Shown(false, first.AddMinutes(5)), await _rig.ShownAsync(account));
    }

    private Task<string> RegisteredAsync() => _rig.Databases.Postgres.ValueAsync("select count(*) from sip_accounts where registered");

    private async Task RegisterManyAsync(int devices)
    {
        await _rig.Databases.Postgres.ExecuteAsync($"""
            insert into sip_accounts (unit_id, username, type) select '{_unit}', 'many-' || i, 'panel' from generate_series(1, {devices}) i
            """);
        await using var identities = await OpenTransaction.BeginAsync(_rig.Databases.MySql, "do 0");
        foreach (var chunk in (await _rig.Databases.Postgres.RowsAsync("select id, username from sip_accounts where username like 'many-%'")).Chunk(2000))
        {
            var names = chunk.Select(row => row.Split('|')).ToList();
            await identities.ExecuteAsync($"insert into neolia_identity (domain, username, account_id, version) values {string.Join(',', names.Select(n => $"('{Dashboard.Domain}', '{n[1]}', '{n[0]}', 1)"))}");
        }

        await identities.ExecuteAsync("""
            insert into location (ruid, username, domain, contact, expires, last_modified, callid, cseq, user_agent)
            select username, username, domain, 'sip:x', utc_timestamp() + interval 1 hour, utc_timestamp(), username, 1, 'panel'
            from neolia_identity where username like 'many-%'
            """);
        await identities.CommitAsync();
    }
}
