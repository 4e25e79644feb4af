namespace Neolia.Database.Tests.Supabase;

/// <summary>A user's site with one building, one flat and one panel, made the way the dashboard does.</summary>
public sealed record Residence(Guid User, Guid Site, Guid Building, Guid Unit, Guid Account)
{
    public static async Task<Residence> CreateAsync(ProjectFixture project, Guid user, string number)
    {
        await using var dashboard = await project.UserAsync(user);
        var site = await dashboard.ScalarAsync<Guid>("insert into sites (name) values ('Les Pins') returning id");
        var building = await dashboard.ScalarAsync<Guid>("insert into buildings (site_id, name) values ($1, 'A') returning id", site);
        var unit = await dashboard.ScalarAsync<Guid>("insert into units (building_id, number) values ($1, $2) returning id", building, number);
        var account = await dashboard.ScalarAsync<Guid>("insert into sip_accounts (unit_id, type) values ($1, 'panel') returning id", unit);
        return new Residence(user, site, building, unit, account);
    }
}
