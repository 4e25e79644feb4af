using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Draining;

/// <summary>Rule M5: rows from before the rules may have names that Kamailio's tables would mix up with others.</summary>
public sealed class UnservableNameTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private DrainRig _rig = null!;
    private Worker _worker = null!;
    private Guid _unit;

    private Dashboard Dashboard => _rig.Dashboard;

    public async ValueTask InitializeAsync()
    {
        _rig = await DrainRig.CreateAsync(supabase, mariaDb);
        _worker = _rig.NewWorker();
        _unit = await Dashboard.CreateUnitAsync();
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("Panel401")]
    [InlineData("panel401 ")]
    [InlineData("panél401")]
    [InlineData("panel@401")]
    public async Task Name_that_is_not_canonical_fails_and_the_account_it_resembles_goes_through(string name)
    {
        await Dashboard.CreateAccountAsync(_unit, "panel401");
        await _worker.DrainAsync();

        var legacy = await CreateLegacyAsync(name);
        await _worker.DrainAsync();

        Assert.Equal("failed|0|name_not_canonical|1", await Dashboard.SyncStateAsync(legacy));
        Assert.Contains("lower case", await _rig.Postgres.ValueAsync($"select last_error from sip_account_sync where account_id = '{legacy}'"), StringComparison.Ordinal);
        await Convergence.AssertAsync(_rig, (legacy, "name_not_canonical"));
    }

    [Fact]
    public async Task Legacy_name_can_be_disabled_and_put_right()
    {
        var legacy = await CreateLegacyAsync("Panel401");
        await _worker.DrainAsync();

        await Dashboard.SetAsync(legacy, "enabled = false");
        await _worker.DrainAsync();
        Assert.Equal("disabled|0|(null)|0", await Dashboard.SyncStateAsync(legacy));

        await Dashboard.SetAsync(legacy, "enabled = true, username = 'panel401'");
        await _worker.DrainAsync();
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Domain_that_is_not_served_fails_until_it_is()
    {
        var account = await Dashboard.CreateAccountAsync(_unit, "panel401");
        await Dashboard.CreateAccountAsync(_unit, "panel402");
        await _worker.DrainAsync();

        await Dashboard.SetAsync(account, "domain = 'new.example'");
        await _worker.DrainAsync();
        Assert.Equal("failed|0|domain_not_served|1", await Dashboard.SyncStateAsync(account));
        await Convergence.AssertAsync(_rig, (account, "domain_not_served"));

        _rig.KamailioOptions.Domains += ", new.example";
        await Dashboard.MarkAgainAsync(account);
        await _rig.NewWorker().DrainAsync();
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Domain_that_stops_and_starts_being_served_comes_back_under_the_same_version()
    {
        var account = await Dashboard.CreateAccountAsync(_unit, "panel401");
        await _worker.DrainAsync();
        await Dashboard.SetAsync(account, "extension = '7'");
        var domains = _rig.KamailioOptions.Domains;
        _rig.KamailioOptions.Domains = "villas.neolia.app";
        await _rig.NewWorker().DrainAsync();
        await Convergence.AssertAsync(_rig, (account, "domain_not_served"));

        _rig.KamailioOptions.Domains = domains;
        await Dashboard.MarkAgainAsync(account);
        await _rig.NewWorker().DrainAsync();
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Account_without_digests_for_its_name_fails()
    {
        var account = await Dashboard.CreateAccountAsync(_unit, "panel401");
        await _rig.Postgres.ExecuteAsync("update kamailio_sync.credentials set realm = 'elsewhere'");

        await _worker.DrainAsync();

        Assert.StartsWith("failed|", await Dashboard.SyncStateAsync(account), StringComparison.Ordinal);
        Assert.Empty(await _rig.MySql.SubscriberNamesAsync());
    }

    private async Task<Guid> CreateLegacyAsync(string username)
    {
        await _rig.Postgres.ExecuteAsync("alter table sip_accounts disable trigger neolia_canonical_name");
        var account = await Dashboard.CreateAccountAsync(_unit, username);
        await _rig.Postgres.ExecuteAsync("alter table sip_accounts enable trigger neolia_canonical_name");
        return account;
    }
}
