using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Doorbells;

/// <summary>Whatever is wrong with the doorbell, the user's change commits. Each case breaks a project of its own.</summary>
public sealed class FailingDoorbellTests(SupabaseFixture supabase) : IAsyncLifetime
{
    private readonly ProjectFixture _project = new(supabase);
    private readonly ConfiguredDoorbell _doorbell = new();

    public ValueTask InitializeAsync() => _project.InitializeAsync();

    public ValueTask DisposeAsync() => _project.DisposeAsync();

    [Theory]
    [InlineData("drop schema net cascade")]
    [InlineData("drop schema vault cascade")]
    [InlineData("drop extension pgcrypto cascade")]
    [InlineData("revoke all on schema vault from postgres")]
    [InlineData("drop function net.http_post")]
    [InlineData("alter table net.http_request_queue add check (url is null)")]
    [InlineData("delete from vault.secrets where name = 'neolia_doorbell_url'")]
    [InlineData("delete from vault.secrets where name = 'neolia_doorbell_secret'")]
    [InlineData("update vault.secrets set secret = 'whsec_not*base64' where name = 'neolia_doorbell_secret'")]
    [InlineData("update vault.secrets set secret = '' where name = 'neolia_doorbell_secret'")]
    [InlineData("update vault.secrets set secret = 'whsec_' where name = 'neolia_doorbell_secret'")]
    [InlineData("update vault.secrets set secret = '' where name = 'neolia_doorbell_url'")]
    [InlineData("update vault.secrets set secret = 'not a url' where name = 'neolia_doorbell_url'")]
    public async Task The_change_commits(string fault)
    {
        var home = await _project.CreateResidenceAsync();
        await using var owner = await _doorbell.ConfigureAsync(_project);
        await using (var superuser = await _project.SuperuserAsync())
            await superuser.ExecuteAsync(fault);
        await QueueOf.EmptyAsync(owner);
        await using var dashboard = await _project.UserAsync(home.User);

        Assert.Equal(1, await dashboard.ExecuteAsync("update sip_accounts set extension = '1' where id = $1", home.Account));

        Assert.Equal(QueueOf.Subjects("account", home.Account), await QueueOf.SubjectsAsync(owner));
    }

    [Fact]
    public async Task A_lock_on_the_requests_of_pg_net_holds_nobody_up()
    {
        var home = await _project.CreateResidenceAsync();
        await using var owner = await _doorbell.ConfigureAsync(_project);
        await using var superuser = await _project.SuperuserAsync();
        await using var dashboard = await _project.UserAsync(home.User);
        await superuser.ExecuteAsync("begin");
        await superuser.ExecuteAsync("lock table net.http_request_queue in access exclusive mode");

        Assert.Equal(1, await dashboard.ExecuteAsync("update sip_accounts set extension = '1' where id = $1", home.Account));

        await superuser.ExecuteAsync("rollback");
        Assert.Equal("1", await owner.ScalarAsync<string>("select extension from sip_accounts where id = $1", home.Account));
    }

    [Fact]
    public async Task A_failure_is_logged_once_per_transaction_and_without_the_secret()
    {
        var home = await _project.CreateResidenceAsync();
        await using var owner = await _doorbell.ConfigureAsync(_project);
        await ConfiguredDoorbell.SetAsync(owner, "neolia_doorbell_secret", "whsec_hidden*words");
        List<string> logged = [];
        owner.Notice += (_, e) => logged.Add(e.Notice.MessageText);
        await owner.ExecuteAsync("set client_min_messages = log");

        await owner.ExecuteAsync("begin");
        await owner.ExecuteAsync("update sip_accounts set extension = '1' where id = $1", home.Account);
        await owner.ExecuteAsync("update sip_accounts set extension = '2' where id = $1", home.Account);
        await owner.ExecuteAsync("commit");

        var line = Assert.Single(logged);
        Assert.StartsWith("kamailio_sync: the doorbell could not be rung (SQLSTATE 22023)", line, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", line, StringComparison.Ordinal);
    }
}
