using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Triggers;

/// <summary>Rule P6: marks made by the machine.</summary>
public sealed class MarkingAgainTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    private const string MarkAgain = "select kamailio_sync.mark_again($1, $2)";

    [Fact]
    public async Task A_queued_subject_keeps_its_version_and_is_due_again()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await using var app = await project.AppAsync();
        await owner.ExecuteAsync("update kamailio_sync.queue set attempts = 4, next_attempt_at = 'infinity', last_error = 'no' where subject_id = $1", home.Account);
        await owner.ExecuteAsync("update sip_account_sync set state = 'failed', last_error = 'no' where account_id = $1", home.Account);
        var version = await QueueOf.VersionAsync(owner, "account", home.Account);

        var due = await app.ScalarAsync<int>(MarkAgain, "account", new[] { home.Account });

        Assert.Equal(1, due);
        Assert.Equal(version, await QueueOf.VersionAsync(owner, "account", home.Account));
        Assert.Equal(
            ["0|True|null"],
            await owner.RowsAsync("select attempts, next_attempt_at <= now(), last_error from kamailio_sync.queue where subject_id = $1", home.Account));
        Assert.Equal(["pending|null"], await owner.RowsAsync("select state, last_error from sip_account_sync where account_id = $1", home.Account));
    }

    [Fact]
    public async Task A_subject_that_a_worker_has_in_its_hands_gets_a_fresh_version_and_keeps_its_lease()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await using var app = await project.AppAsync();
        var lease = Guid.NewGuid();
        await owner.ExecuteAsync("update kamailio_sync.queue set lease_id = $2, leased_until = now() + interval '1 minute' where subject_id = $1", home.Account, lease);
        var version = await QueueOf.VersionAsync(owner, "account", home.Account);

        await app.ScalarAsync<int>(MarkAgain, "account", new[] { home.Account });

        Assert.True(await QueueOf.VersionAsync(owner, "account", home.Account) > version);
        Assert.Equal(
            [$"{lease}|True"],
            await owner.RowsAsync("select lease_id, leased_until > now() from kamailio_sync.queue where subject_id = $1", home.Account));
    }

    [Fact]
    public async Task What_is_not_queued_is_marked_with_a_fresh_version_and_without_a_doorbell()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await using var app = await project.AppAsync();
        var last = await owner.ScalarAsync<long>("select last_value from kamailio_sync.version");
        await QueueOf.EmptyAsync(owner);
        await owner.ExecuteAsync("delete from net.http_request_queue where true");

        var due = await app.ScalarAsync<int>(MarkAgain, "account", new[] { home.Account, home.Account })
            + await app.ScalarAsync<int>(MarkAgain, "unit_rules", new[] { home.Unit });

        Assert.Equal(2, due);
        Assert.True(await QueueOf.VersionAsync(owner, "account", home.Account) > last);
        Assert.True(await QueueOf.VersionAsync(owner, "unit_rules", home.Unit) > last);
        Assert.Equal(["pending"], await owner.RowsAsync("select state from sip_account_sync where account_id = $1", home.Account));
        Assert.Equal(0, await owner.ScalarAsync<long>("select count(*) from net.http_request_queue"));
    }

    [Fact]
    public async Task A_subject_that_is_gone_is_marked_too()
    {
        await using var owner = await project.OwnerAsync();
        await using var app = await project.AppAsync();
        var gone = Guid.NewGuid();

        Assert.Equal(1, await app.ScalarAsync<int>(MarkAgain, "account", new[] { gone }));

        Assert.True(await QueueOf.VersionAsync(owner, "account", gone) > 0);
        Assert.Empty(await owner.RowsAsync("select * from sip_account_sync where account_id = $1", gone));
    }

    [Fact]
    public async Task No_subjects_are_no_work()
    {
        await using var app = await project.AppAsync();

        Assert.Equal(0, await app.ScalarAsync<int>(MarkAgain, "account", Array.Empty<Guid>()));
    }

    [Fact]
    public async Task A_queued_row_that_a_user_is_changing_is_passed_by()
    {
        var home = await project.CreateResidenceAsync();
        var other = await project.CreateResidenceAsync();
        await using var app = await project.AppAsync();
        await using var dashboard = await project.UserAsync(home.User);
        await dashboard.ExecuteAsync("begin");
        await dashboard.ExecuteAsync("update sip_accounts set extension = '1' where id = $1", home.Account);

        var due = await app.ScalarAsync<int>(MarkAgain, "account", new[] { home.Account, other.Account });

        await dashboard.ExecuteAsync("commit");
        Assert.Equal(1, due);
    }

    [Fact]
    public async Task A_row_that_a_user_is_just_queueing_is_passed_by_and_the_others_are_marked()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await using var app = await project.AppAsync();
        await using var dashboard = await project.UserAsync(home.User);
        await owner.ExecuteAsync("insert into sip_accounts (unit_id, type) select $1, 'mobile' from generate_series(1, 30)", home.Unit);
        await QueueOf.EmptyAsync(owner);
        var accounts = await owner.ScalarAsync<Guid[]>("select array_agg(id) from sip_accounts where unit_id = $1", home.Unit);
        await dashboard.ExecuteAsync("begin");
        await dashboard.ExecuteAsync("update sip_accounts set extension = '1' where id = $1", home.Account);

        var due = await app.ScalarAsync<int>(MarkAgain, "account", accounts);

        await dashboard.ExecuteAsync("commit");
        Assert.Equal(accounts.Length - 1, due);
        Assert.Equal(accounts.Length, await owner.ScalarAsync<long>("select count(*) from kamailio_sync.queue"));
    }
}
