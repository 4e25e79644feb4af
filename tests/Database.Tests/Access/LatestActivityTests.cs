using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Access;

public sealed class LatestActivityTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    [Fact]
    public async Task The_newest_of_all_own_sites_are_told_in_the_order_of_the_whole_log()
    {
        var home = await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);
        await dashboard.ExecuteAsync("insert into sites (name) values ('b'), ('c'), ('silent')");
        await dashboard.ExecuteAsync("""
            insert into intercom_activity_logs (site_id, action, message, created_at)
            select s.id, 'x', s.name || n, now() - n * interval '1 hour' - (s.name = 'b')::int * interval '7 minutes'
            from sites s, generate_series(1, 30) n
            where s.name <> 'silent'
            """);

        var told = await dashboard.RowsAsync("select * from latest_activity(40)");

        Assert.Equal(40, told.Count);
        Assert.Equal(await dashboard.RowsAsync("select * from intercom_activity_logs order by created_at desc, id limit 40"), told);
        Assert.Equal(50, (await dashboard.RowsAsync("select * from latest_activity()")).Count);
    }

    [Fact]
    public async Task Nobody_is_told_of_others_sites_or_of_none()
    {
        var home = await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);
        await dashboard.ExecuteAsync("insert into intercom_activity_logs (site_id, action, message) values ($1, 'x', 'mine')", home.Site);
        await using var owner = await project.OwnerAsync();
        await owner.ExecuteAsync("insert into intercom_activity_logs (action, message) values ('x', 'of nobody')");
        await using var stranger = await project.UserAsync((await project.CreateResidenceAsync()).User);

        Assert.Equal(["mine"], await dashboard.RowsAsync("select message from latest_activity()"));
        Assert.Empty(await stranger.RowsAsync("select message from latest_activity()"));
    }
}
