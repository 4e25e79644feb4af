using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Triggers;

public sealed class TruncateTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    [Theory]
    [InlineData("sites")]
    [InlineData("buildings")]
    [InlineData("units")]
    [InlineData("sip_accounts")]
    [InlineData("call_rules")]
    [InlineData("kamailio_sync.credentials")]
    public async Task Not_even_the_owner_truncates(string table)
    {
        await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();

        var refused = await owner.RefusedAsync($"truncate {table} cascade");

        Assert.Contains("can't be truncated", refused.MessageText, StringComparison.Ordinal);
        Assert.NotEqual(0, await owner.ScalarAsync<long>("select count(*) from sip_accounts"));
    }

    [Fact]
    public async Task A_truncate_that_cascades_from_elsewhere_is_refused_too()
    {
        await project.CreateResidenceAsync();
        await using var superuser = await project.SuperuserAsync();

        await superuser.RefusedAsync("truncate auth.users cascade");

        Assert.NotEqual(0, await superuser.ScalarAsync<long>("select count(*) from sites"));
    }
}
