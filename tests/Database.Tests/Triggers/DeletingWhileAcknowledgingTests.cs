using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Acknowledging;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;

namespace Neolia.Database.Tests.Triggers;

/// <summary>Rule P2: everybody takes the queue row first and the sync state second, and the machine waits for nobody.</summary>
public sealed class DeletingWhileAcknowledgingTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    [Fact]
    public async Task A_users_cascading_delete_waits_for_an_acknowledge_and_neither_is_a_deadlocks_victim()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await using var app = await project.AppAsync();
        await using var dashboard = await project.UserAsync(home.User);

        await app.ExecuteAsync("begin");
        await app.ExecuteAsync("select from kamailio_sync.queue where subject_id = $1 for update skip locked", home.Account);
        var delete = dashboard.ExecuteAsync("delete from sites where id = $1", home.Site);
        await dashboard.BlockedAsync(owner);
        await app.ExecuteAsync("update sip_account_sync set state = 'synced' where account_id = $1", home.Account);
        await app.ExecuteAsync("delete from kamailio_sync.queue where subject_id = $1", home.Account);
        await app.ExecuteAsync("commit");

        Assert.Equal(1, await delete);
        Assert.Contains($"account|{home.Account}", await QueueOf.SubjectsAsync(owner));
        Assert.Empty(await owner.RowsAsync("select * from sip_account_sync where account_id = $1", home.Account));
    }

    [Fact]
    public async Task An_acknowledge_passes_by_what_an_open_delete_holds()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await using var supabase = SupabaseDatabase.Open(
            new SupabaseOptions { ConnectionString = project.Project.AppConnectionStringWithoutPassword },
            new FixedSecrets(project.Project.AppPassword, kamailioPassword: ""));
        await using var dashboard = await project.UserAsync(home.User);
        var version = await QueueOf.VersionAsync(owner, "account", home.Account);

        await dashboard.ExecuteAsync("begin");
        await dashboard.ExecuteAsync("delete from sites where id = $1", home.Site);
        var written = await new Acknowledger(supabase).AcknowledgeAsync(
            [Synced(home.Account, version)], TestContext.Current.CancellationToken);
        await dashboard.ExecuteAsync("commit");

        Assert.Empty(written);
        Assert.True(await QueueOf.VersionAsync(owner, "account", home.Account) > version);
    }

    private static Acknowledgement Synced(Guid account, long version) =>
        new(new Subject(SubjectKind.Account, account), version, Finished: true, RetryIn: null, State: "synced", HasCredentials: null, Problem: null);
}
