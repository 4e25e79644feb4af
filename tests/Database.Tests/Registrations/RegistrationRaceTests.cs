using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Registrations;

namespace Neolia.Database.Tests.Registrations;

/// <summary>What happens beside a run: users, devices, another run.</summary>
public sealed class RegistrationRaceTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
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
    public async Task A_second_run_leaves_the_turn_to_the_first_so_that_nothing_older_is_written_over_the_newer()
    {
        var gate = new Gate();
        var first = _rig.NewRunner(beforeReading: gate.PassAsync).RunAsync(TestContext.Current.CancellationToken);
        await gate.ArrivedAsync();

        var second = await _rig.RunAsync();
        var at = await _rig.RegisterAsync("hall");
        gate.Open();

        Assert.Equal((RegistrationOutcome.AnotherRun, 0), (second.Outcome, second.Changed));
        Assert.Equal(RegistrationOutcome.Brought, (await first).Outcome);
        Assert.Equal(RegistrationRig.Shown(true, at), await _rig.ShownAsync(_account));
    }

    [Fact]
    public async Task A_user_who_changes_an_account_is_not_waited_for_and_the_next_run_brings_it()
    {
        var other = await _rig.CreateAccountAsync(_unit, "other");
        await _rig.RegisterAsync("hall");
        var at = await _rig.RegisterAsync("other");
        await using (var user = await OpenTransaction.BeginAsync(_rig.Databases.Postgres, $"update sip_accounts set display_name = 'Hall' where id = '{_account}'"))
        {
            var report = await _rig.RunAsync();

            Assert.Equal(1, report.Changed);
            Assert.Equal(RegistrationRig.Shown(true, at), await _rig.ShownAsync(other));
            await user.CommitAsync();
        }

        Assert.Equal(1, (await _rig.RunAsync()).Changed);
        Assert.StartsWith("true|", await _rig.ShownAsync(_account), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_that_is_deleted_meanwhile_is_let_go()
    {
        var other = await _rig.CreateAccountAsync(_unit, "other");
        await _rig.RegisterAsync("hall");
        await _rig.RegisterAsync("other");
        await _rig.Dashboard.DeleteAsync(_account);

        var report = await _rig.RunAsync();

        Assert.Equal((2, 1), (report.Registered, report.Changed));
        Assert.StartsWith("true|", await _rig.ShownAsync(other), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_changes_than_one_transaction_takes_are_brought_in_one_run()
    {
        const int devices = RegistrationPass.MaxChanges + 1;
        await _rig.Databases.Postgres.ExecuteAsync($"""
            insert into sip_accounts (unit_id, username, type) select '{_unit}', 'many-' || i, 'panel' from generate_series(1, {devices}) i
            """);
        await using (var identities = await OpenTransaction.BeginAsync(_rig.Databases.MySql, "do 0"))
        {
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

        Assert.Equal(devices, (await _rig.RunAsync()).Changed);
        Assert.Equal(0, (await _rig.RunAsync()).Changed);
    }
}
