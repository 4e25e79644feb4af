using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Registrations;

/// <summary><c>sites.status</c> says how many of a site's devices are registered.</summary>
public sealed class SiteStatusTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private RegistrationRig _rig = null!;
    private Guid _site;
    private Guid _building;
    private Guid _unit;

    private Dashboard Dashboard => _rig.Dashboard;

    public async ValueTask InitializeAsync()
    {
        _rig = await RegistrationRig.CreateAsync(supabase, mariaDb);
        _site = await Dashboard.CreateSiteAsync();
        _building = await Dashboard.CreateBuildingAsync(_site);
        _unit = await Dashboard.CreateUnitAsync(_building);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    // A device per word: p panel, s station, m mobile; in capitals when registered, in brackets when disabled.
    [Theory]
    [InlineData("", "offline")]
    [InlineData("p", "offline")]
    [InlineData("P", "online")]
    [InlineData("P s", "partial")]
    [InlineData("P S", "online")]
    [InlineData("p S", "partial")]
    [InlineData("p M", "offline")]
    [InlineData("P m", "online")]
    [InlineData("M", "online")]
    [InlineData("M m", "partial")]
    [InlineData("m", "offline")]
    [InlineData("P [p]", "online")]
    [InlineData("[P] m", "offline")]
    [InlineData("[p] M", "online")]
    public async Task Follows_the_registrations(string devices, string status)
    {
        foreach (var (device, i) in devices.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((d, i) => (d, i)))
        {
            var letter = device.Trim('[', ']');
            var type = letter.ToUpperInvariant() switch { "P" => "panel", "S" => "station", _ => "mobile" };
            var account = await Dashboard.CreateAccountAsync(_unit, $"device-{i}", type, enabled: letter == device);
            if (char.IsUpper(letter[0]))
                await Dashboard.SetAsync(account, "registered = true");
        }

        await FollowAsync();

        Assert.Equal(status, await _rig.StatusAsync(_site));
    }

    [Fact]
    public async Task Follows_what_is_added_changed_and_removed()
    {
        var first = await CreateRegisteredAsync("first");
        await FollowAsync();
        Assert.Equal("online", await _rig.StatusAsync(_site));

        var second = await Dashboard.CreateAccountAsync(_unit, "second");
        await FollowAsync();
        Assert.Equal("partial", await _rig.StatusAsync(_site));

        await Dashboard.SetAsync(second, "enabled = false");
        await FollowAsync();
        Assert.Equal("online", await _rig.StatusAsync(_site));

        await Dashboard.SetAsync(second, "enabled = true");
        await Dashboard.DeleteAsync(first);
        await FollowAsync();
        Assert.Equal("offline", await _rig.StatusAsync(_site));
    }

    [Theory]
    [InlineData("update sip_accounts set unit_id = @unit", "offline", "online")]
    [InlineData("update units set building_id = @building where id = @from", "offline", "online")]
    [InlineData("update buildings set site_id = @site where id <> @building", "offline", "online")]
    [InlineData("delete from units where id = @from", "offline", "offline")]
    [InlineData("delete from buildings where id <> @building", "offline", "offline")]
    public async Task Follows_moves_and_cascades(string change, string here, string there)
    {
        await CreateRegisteredAsync("first");
        var site = await Dashboard.CreateSiteAsync();
        var building = await Dashboard.CreateBuildingAsync(site);
        var unit = await Dashboard.CreateUnitAsync(building, "12");
        await FollowAsync();
        Assert.Equal(("online", "offline"), (await _rig.StatusAsync(_site), await _rig.StatusAsync(site)));

        await _rig.Databases.Postgres.ExecuteAsync(change
            .Replace("@unit", $"'{unit}'", StringComparison.Ordinal)
            .Replace("@building", $"'{building}'", StringComparison.Ordinal)
            .Replace("@site", $"'{site}'", StringComparison.Ordinal)
            .Replace("@from", $"'{_unit}'", StringComparison.Ordinal));
        await FollowAsync();

        Assert.Equal((here, there), (await _rig.StatusAsync(_site), await _rig.StatusAsync(site)));
    }

    [Fact]
    public async Task A_site_that_somebody_is_changing_is_not_waited_for_and_not_forgotten()
    {
        await CreateRegisteredAsync("first");
        await using (var user = await OpenTransaction.BeginAsync(_rig.Databases.Postgres, $"update sites set name = 'Villa' where id = '{_site}'"))
        {
            await FollowAsync();
            await user.CommitAsync();
        }

        Assert.Equal("offline", await _rig.StatusAsync(_site));
        await FollowAsync();
        Assert.Equal("online", await _rig.StatusAsync(_site));
    }

    [Fact]
    public async Task Many_sites_that_somebody_holds_end_a_run_all_the_same_and_come_right_when_they_are_free()
    {
        const int sites = 10_001;
        await _rig.Databases.Postgres.ExecuteAsync($"""
            insert into sites (name, user_id, status)
            select 'Residence', (select user_id from sites limit 1), 'online' from generate_series(1, {sites})
            """);
        await using (var maintenance = await OpenTransaction.BeginAsync(_rig.Databases.Postgres, "select 1 from sites for update"))
        {
            Assert.Equal(0, await FollowAsync());
            await maintenance.RollbackAsync();
        }

        Assert.Equal(sites, await FollowAsync());
        Assert.Equal("0", await _rig.Databases.Postgres.ValueAsync("select count(*) from sites where status <> 'offline'"));
    }

    [Fact]
    public async Task A_change_that_commits_after_the_count_is_counted_the_next_time()
    {
        await using (var user = await OpenTransaction.BeginAsync(
            _rig.Databases.Postgres, $"insert into sip_accounts (unit_id, type, registered) values ('{_unit}', 'panel', true)"))
        {
            await FollowAsync();
            await user.CommitAsync();
        }

        await FollowAsync();
        Assert.Equal("online", await _rig.StatusAsync(_site));
    }

    [Fact]
    public async Task One_that_was_written_by_hand_is_put_right_and_then_left_alone()
    {
        await _rig.Databases.Postgres.ExecuteAsync($"update sites set status = 'online' where id = '{_site}'");

        await FollowAsync();
        await FollowAsync();

        Assert.Equal("offline", await _rig.StatusAsync(_site));
        Assert.Equal("0", await _rig.Databases.Postgres.ValueAsync("select count(*) from kamailio_sync.stale_status"));
    }

    private async Task<Guid> CreateRegisteredAsync(string username)
    {
        var account = await Dashboard.CreateAccountAsync(_unit, username);
        await Dashboard.SetAsync(account, "registered = true");
        return account;
    }

    private Task<int> FollowAsync() => _rig.NewSiteStatus().FollowAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
}
