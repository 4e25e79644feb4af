using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Reconciling;

/// <summary>A flat with accounts and rules, in sync; each test of its class leaves it so.</summary>
public sealed class HandEditFixture(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private ReconcileRig? _rig;

    public ReconcileRig Rig => _rig ?? throw new InvalidOperationException("The databases have not been made.");

    public Guid Unit { get; private set; }

    public Guid Account { get; private set; }

    public async ValueTask InitializeAsync()
    {
        _rig = await ReconcileRig.CreateAsync(supabase, mariaDb);
        Unit = await _rig.Dashboard.CreateUnitAsync();
        Account = await _rig.Dashboard.CreateAccountAsync(Unit, "panel401");
        await _rig.Dashboard.SetAsync(Account, "extension = '7'");
        await _rig.Dashboard.CreateAccountAsync(Unit, "mobile401", "mobile");
        await _rig.Dashboard.CreateAccountAsync(Unit, "disabled401", enabled: false);
        await _rig.Dashboard.CreateRuleAsync(Unit, "100%_?*", "reject", priority: -3);
        await _rig.Dashboard.CreateForwardAsync(Unit, "sip:concierge@sip.neolia.app");
        await _rig.SettleAsync();
    }

    public ValueTask DisposeAsync() => _rig?.DisposeAsync() ?? ValueTask.CompletedTask;
}
