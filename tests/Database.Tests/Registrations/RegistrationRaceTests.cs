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
    public async Task A_run_that_stalled_until_another_had_its_turn_writes_nothing()
    {
        await _rig.RegisterAsync("hall");
        var gate = new Gate();
        var ranOut = new RegistrationOptions { Budget = TimeSpan.FromMinutes(-1) };
        var stalled = _rig.NewRunner(beforeReading: gate.PassAsync, options: ranOut).RunAsync(TestContext.Current.CancellationToken);
        await gate.ArrivedAsync();
        Assert.Equal(1, (await _rig.RunAsync()).Changed);

        await _rig.UnregisterAsync("hall");
        gate.Open();

        Assert.Equal(0, (await stalled).Changed);
        Assert.StartsWith("true|", await _rig.ShownAsync(_account), StringComparison.Ordinal);
        Assert.Equal(1, (await _rig.RunAsync()).Changed);
    }

    [Fact]
    public async Task The_turn_of_a_run_that_hangs_runs_out()
    {
        var gate = new Gate();
        var leaseOfHalfASecond = new RegistrationOptions { Budget = TimeSpan.FromSeconds(-9.5) };
        var hanging = _rig.NewRunner(beforeReading: gate.PassAsync, options: leaseOfHalfASecond).RunAsync(TestContext.Current.CancellationToken);
        await gate.ArrivedAsync();
        var at = await _rig.RegisterAsync("hall");

        await Until.TrueAsync("the turn is free", async () => (await _rig.RunAsync()).Outcome == RegistrationOutcome.Brought);

        Assert.Equal(RegistrationRig.Shown(true, at), await _rig.ShownAsync(_account));
        gate.Open();
        await hanging;
    }
}
