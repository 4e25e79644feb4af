using System.Diagnostics;
using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Access;

/// <summary>Numbers that Kamailio would answer with 484, said before somebody stands at the door.</summary>
public sealed class AmbiguousNumbersTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    private const string Found = "select building, number, flats, own_building from ambiguous_numbers() order by 1, 2";

    [Fact]
    public async Task A_flat_number_is_ambiguous_only_from_a_building_that_calls_and_has_none_of_its_own()
    {
        var home = await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);
        await UnitAsync(dashboard, await BuildingAsync(dashboard, home, "B"), "401", "panel");
        Assert.Empty(await dashboard.RowsAsync(Found));

        var gate = await UnitAsync(dashboard, await BuildingAsync(dashboard, home, "Gate"), "gate");
        Assert.Empty(await dashboard.RowsAsync(Found));
        await dashboard.ExecuteAsync("insert into sip_accounts (unit_id, type) values ($1, 'station')", gate);
        Assert.Equal(["Gate|401|2|False"], await dashboard.RowsAsync(Found));

        await dashboard.ExecuteAsync("update sip_accounts set extension = '401' where unit_id = $1", home.Unit);
        Assert.Empty(await dashboard.RowsAsync(Found));
    }

    [Fact]
    public async Task The_building_of_a_station_is_named_first()
    {
        var home = await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);
        await UnitAsync(dashboard, await BuildingAsync(dashboard, home, "B"), "401");
        foreach (var (name, type) in ((string, string)[])[("C", "panel"), ("Gate", "station"), ("D", "mobile")])
            await UnitAsync(dashboard, await BuildingAsync(dashboard, home, name), name, type);

        Assert.Equal(["Gate|401|2|False"], await dashboard.RowsAsync(Found));
    }

    [Fact]
    public async Task An_extension_of_two_flats_of_one_building_is_ambiguous_there()
    {
        var home = await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);
        var other = await UnitAsync(dashboard, home.Building, "402");
        await dashboard.ExecuteAsync("insert into sip_accounts (unit_id, type, extension) values ($1, 'panel', '7'), ($1, 'mobile', '7'), ($2, 'panel', '')", home.Unit, other);
        Assert.Empty(await dashboard.RowsAsync(Found));

        await dashboard.ExecuteAsync("insert into sip_accounts (unit_id, type, extension) values ($1, 'mobile', '7')", other);
        Assert.Equal(["A|7|2|True"], await dashboard.RowsAsync(Found));

        await dashboard.ExecuteAsync("update sip_accounts set enabled = false where unit_id = $1", other);
        Assert.Empty(await dashboard.RowsAsync(Found));
    }

    [Fact]
    public async Task A_caller_is_told_of_the_own_sites_only_and_of_a_limited_number()
    {
        var home = await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);
        var building = await BuildingAsync(dashboard, home, "B");
        await dashboard.ExecuteAsync("insert into units (building_id, number) select b.id, n from buildings b, generate_series(1, 30) n");
        await UnitAsync(dashboard, await BuildingAsync(dashboard, home, "Gate"), "gate", "station");
        await using var stranger = await project.UserAsync((await project.CreateResidenceAsync()).User);

        Assert.Equal(["30"], await dashboard.RowsAsync("select count(*) from ambiguous_numbers(100) where building = 'Gate'"));
        Assert.Equal(["5"], await dashboard.RowsAsync("select count(*) from ambiguous_numbers(5)"));
        Assert.Empty(await stranger.RowsAsync(Found));
        Assert.NotEqual(Guid.Empty, building);
    }

    [Fact]
    public async Task A_user_with_ten_thousand_flats_beside_many_others_is_answered_at_once()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await owner.ExecuteAsync($"""
            insert into buildings (site_id, name) select '{home.Site}', 'b' || i from generate_series(1, 100) i;
            insert into units (building_id, number) select b.id, n from buildings b, generate_series(1, 100) n where b.site_id = '{home.Site}';
            insert into sip_accounts (unit_id, type, username) select u.id, 'panel', 'big-' || row_number() over () from units u join buildings b on b.id = u.building_id where b.site_id = '{home.Site}';
            with others as (insert into auth.users (id) select gen_random_uuid() from generate_series(1, 500) returning id),
              sites as (insert into sites (name, user_id) select 's', id from others returning id)
            insert into buildings (site_id, name) select id, 'other' from sites;
            insert into units (building_id, number) select b.id, n from buildings b, generate_series(1, 40) n where b.name = 'other';
            analyze sites; analyze buildings; analyze units; analyze sip_accounts
            """);
        await using var dashboard = await project.UserAsync(home.User);
        await UnitAsync(dashboard, await BuildingAsync(dashboard, home, "Gate"), "gate", "station");

        var started = Stopwatch.GetTimestamp();
        Assert.Equal(50, (await dashboard.RowsAsync(Found)).Count);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    private static Task<Guid> BuildingAsync(Session dashboard, Residence home, string name) =>
        dashboard.ScalarAsync<Guid>("insert into buildings (site_id, name) values ($1, $2) returning id", home.Site, name);

    private static async Task<Guid> UnitAsync(Session dashboard, Guid building, string number, string? accountType = null)
    {
        var unit = await dashboard.ScalarAsync<Guid>("insert into units (building_id, number) values ($1, $2) returning id", building, number);
        if (accountType is not null)
            await dashboard.ExecuteAsync("insert into sip_accounts (unit_id, type) values ($1, $2)", unit, accountType);
        return unit;
    }
}
