using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Triggers;

/// <summary>Rule M2, the side of Postgres: versions that MySQL is ahead of.</summary>
public sealed class RenewingTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    private const string Renew = "select kamailio_sync.renew(array['account'], array[$1], array[$2], $3)";

    [Fact]
    public async Task A_version_below_the_fence_is_replaced_by_one_well_above_it_free_and_due()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await using var app = await project.AppAsync();
        var version = await QueueOf.VersionAsync(owner, "account", home.Account);
        var fence = await owner.ScalarAsync<long>("select last_value + 5000 from kamailio_sync.version");
        await owner.ExecuteAsync("""
            update kamailio_sync.queue set lease_id = subject_id, leased_until = now() + interval '30 s', next_attempt_at = 'infinity' where subject_id = $1
            """, home.Account);

        var renewed = await app.ScalarAsync<int>(Renew, home.Account, version, fence);

        Assert.Equal(1, renewed);
        Assert.True(await QueueOf.VersionAsync(owner, "account", home.Account) > fence + 999_999);
        Assert.Equal(
            ["null|null|True"],
            await owner.RowsAsync("select lease_id, leased_until, next_attempt_at <= now() from kamailio_sync.queue where subject_id = $1", home.Account));
    }

    [Fact]
    public async Task A_sequence_above_the_fence_stays_where_it_is()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await using var app = await project.AppAsync();
        var version = await QueueOf.VersionAsync(owner, "account", home.Account);
        var last = await owner.ScalarAsync<long>("select last_value from kamailio_sync.version");

        await app.ScalarAsync<int>(Renew, home.Account, version, last - 1);

        Assert.Equal(last + 1, await QueueOf.VersionAsync(owner, "account", home.Account));
    }

    [Fact]
    public async Task A_row_that_moved_on_or_is_held_is_left_alone()
    {
        var home = await project.CreateResidenceAsync();
        var held = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await using var app = await project.AppAsync();
        var old = await QueueOf.VersionAsync(owner, "account", home.Account);
        var heldVersion = await QueueOf.VersionAsync(owner, "account", held.Account);
        await owner.ExecuteAsync("update sip_accounts set extension = '1' where id = $1", home.Account);
        var current = await QueueOf.VersionAsync(owner, "account", home.Account);
        await using var dashboard = await project.UserAsync(held.User);
        await dashboard.ExecuteAsync("begin");
        await dashboard.ExecuteAsync("update sip_accounts set extension = '1' where id = $1", held.Account);

        var renewed = await app.ScalarAsync<int>(
            "select kamailio_sync.renew(array['account', 'account'], array[$1, $2], array[$3, $4], $3)", home.Account, held.Account, old, heldVersion);

        await dashboard.ExecuteAsync("commit");
        Assert.Equal(0, renewed);
        Assert.Equal(current, await QueueOf.VersionAsync(owner, "account", home.Account));
    }

    [Fact]
    public async Task Two_workers_that_see_the_same_raise_the_sequence_once()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await using var a = await project.AppAsync();
        await using var b = await project.AppAsync();
        var version = await QueueOf.VersionAsync(owner, "account", home.Account);
        var fence = await owner.ScalarAsync<long>("select last_value + 10 from kamailio_sync.version");

        await a.ExecuteAsync("begin");
        var first = await a.ScalarAsync<int>(Renew, home.Account, version, fence);
        var waiting = b.ScalarAsync<int>(Renew, home.Account, version, fence);
        await b.BlockedAsync(owner);
        await a.ExecuteAsync("commit");

        Assert.Equal((1, 0), (first, await waiting));
        Assert.Equal(fence + 1_000_001, await owner.ScalarAsync<long>("select last_value from kamailio_sync.version"));
    }
}
