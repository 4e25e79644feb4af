using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Triggers;

/// <summary>Rule P5: a unit inserted while its building moves is applied with the new site.</summary>
public sealed class MovingBuildingTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    private const string InsertUnit = "insert into units (building_id, number) values ($1, 'new') returning id";
    private const string MoveBuilding = "update buildings set site_id = $2 where id = $1";

    [Fact]
    public async Task A_unit_inserted_before_the_move_is_marked_by_the_move()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await using var inserting = await project.OwnerAsync();
        await using var moving = await project.OwnerAsync();
        var site = await owner.ScalarAsync<Guid>("insert into sites (name, user_id) values ('Other', $1) returning id", home.User);

        await inserting.ExecuteAsync("begin");
        var unit = await inserting.ScalarAsync<Guid>(InsertUnit, home.Building);
        var inserted = await QueueOf.VersionAsync(inserting, "unit_rules", unit);
        var move = moving.ExecuteAsync(MoveBuilding, home.Building, site);
        await moving.BlockedAsync(owner);
        await inserting.ExecuteAsync("commit");
        await move;

        Assert.True(await QueueOf.VersionAsync(owner, "unit_rules", unit) > inserted);
    }

    [Fact]
    public async Task A_unit_inserted_during_the_move_waits_for_it()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await using var inserting = await project.OwnerAsync();
        await using var moving = await project.OwnerAsync();
        var site = await owner.ScalarAsync<Guid>("insert into sites (name, user_id) values ('Other', $1) returning id", home.User);

        await moving.ExecuteAsync("begin");
        await moving.ExecuteAsync(MoveBuilding, home.Building, site);
        var moved = await QueueOf.VersionAsync(moving, "unit_rules", home.Unit);
        var insert = inserting.ScalarAsync<Guid>(InsertUnit, home.Building);
        await inserting.BlockedAsync(owner);
        await moving.ExecuteAsync("commit");
        var unit = await insert;

        // Marked after the move committed, so whoever reads the mark reads the new site.
        Assert.True(await QueueOf.VersionAsync(owner, "unit_rules", unit) > moved);
    }
}
