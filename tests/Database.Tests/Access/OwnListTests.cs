using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Access;

/// <summary>They run with their owner's rights: what row level security would hold is held here.</summary>
public sealed class OwnListTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    [Theory]
    [InlineData("units")]
    [InlineData("sip_accounts")]
    public async Task Each_page_is_what_the_policies_let_its_caller_see(string table)
    {
        var (home, other) = (await project.CreateResidenceAsync(), await project.CreateResidenceAsync());
        await using var dashboard = await project.UserAsync(home.User);
        await dashboard.ExecuteAsync("insert into units (building_id, number, created_at) select id, n, now() - n % 7 * interval '1 day' from buildings, generate_series(1, 30) n");
        await dashboard.ExecuteAsync("insert into sip_accounts (unit_id, type, created_at) select id, 'mobile', created_at from units");
        await using var stranger = await project.UserAsync(other.User);

        var (first, second) = (await dashboard.RowsAsync($"select * from own_{table}(0, 20)"), await dashboard.RowsAsync($"select * from own_{table}(20, 20)"));

        Assert.Equal(20, first.Count);
        Assert.Equal(await dashboard.RowsAsync($"select * from {table} order by created_at, id"), [.. first, .. second]);
        Assert.Equal(await stranger.RowsAsync($"select * from {table} order by created_at, id"), await stranger.RowsAsync($"select * from own_{table}()"));
        Assert.NotEmpty(await stranger.RowsAsync($"select * from own_{table}()"));
    }
}
