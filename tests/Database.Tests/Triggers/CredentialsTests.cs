using System.Text.RegularExpressions;
using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Triggers;

public sealed class CredentialsTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    private const string Digests = "select ha1, ha1b from kamailio_sync.credentials where account_id = $1";

    [Fact]
    public async Task A_new_account_has_two_digests_that_nobody_knows()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await owner.ExecuteAsync("insert into sip_accounts (unit_id, type) select $1, 'mobile' from generate_series(1, 50)", home.Unit);

        var digests = await owner.RowsAsync("""
            select d from kamailio_sync.credentials c join sip_accounts a on a.id = c.account_id, lateral (values (ha1), (ha1b)) v (d) where unit_id = $1
            """, home.Unit);

        Assert.Equal(102, digests.Distinct().Count());
        Assert.All(digests, digest => Assert.Matches(new Regex("^[0-9a-f]{32}$"), digest));
        Assert.Equal(
            ["True|True|True|null"],
            await owner.RowsAsync("""
                select c.username = a.username, c.domain = a.domain, c.realm = a.domain, c.issued_at
                from kamailio_sync.credentials c join sip_accounts a on a.id = c.account_id where a.id = $1
                """, home.Account));
    }

    [Theory]
    [InlineData("username = 'other-name'")]
    [InlineData("domain = 'other.example'")]
    public async Task A_new_name_replaces_both_digests_and_asks_for_new_credentials(string change)
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await IssueAsync(owner, home.Account);

        await owner.ExecuteAsync($"update sip_accounts set {change} where id = $1", home.Account);

        Assert.Equal(
            ["True|True|True|True|null"],
            await owner.RowsAsync("""
                select c.ha1 <> md5('1'), c.ha1b <> md5('2'), (c.username, c.domain) = (a.username, a.domain), c.realm = a.domain, c.issued_at
                from kamailio_sync.credentials c join sip_accounts a on a.id = c.account_id where a.id = $1
                """, home.Account));
        Assert.False(await HasCredentialsAsync(owner, home.Account));
    }

    [Theory]
    [InlineData("extension = '5', enabled = false, type = 'mobile'")]
    [InlineData("username = username")]
    public async Task Other_changes_leave_the_digests_alone(string change)
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await IssueAsync(owner, home.Account);
        var before = await owner.RowsAsync(Digests, home.Account);

        await owner.ExecuteAsync($"update sip_accounts set {change} where id = $1", home.Account);

        Assert.Equal(before, await owner.RowsAsync(Digests, home.Account));
        Assert.True(await HasCredentialsAsync(owner, home.Account));
    }

    [Fact]
    public async Task Issued_credentials_show_in_the_sync_state()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        Assert.False(await HasCredentialsAsync(owner, home.Account));

        await IssueAsync(owner, home.Account);

        Assert.True(await HasCredentialsAsync(owner, home.Account));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    public async Task A_digest_that_is_none_is_refused(string digest)
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();

        foreach (var column in (string[])["ha1", "ha1b"])
            Assert.Equal("23514", (await owner.RefusedAsync($"update kamailio_sync.credentials set {column} = $2 where account_id = $1", home.Account, digest)).SqlState);
    }

    private static Task<int> IssueAsync(Session owner, Guid account) =>
        owner.ExecuteAsync("update kamailio_sync.credentials set ha1 = md5('1'), ha1b = md5('2'), issued_at = now() where account_id = $1", account);

    private static Task<bool> HasCredentialsAsync(Session owner, Guid account) =>
        owner.ScalarAsync<bool>("select has_credentials from sip_account_sync where account_id = $1", account);
}
