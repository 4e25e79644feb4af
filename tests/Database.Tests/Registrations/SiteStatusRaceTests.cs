using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Npgsql;

namespace Neolia.Database.Tests.Registrations;

/// <summary>Several users change whatever a status follows from, all at once, while several instances count.</summary>
public sealed class SiteStatusRaceTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private const int Users = 4;
    private const int ChangesOfEach = 60;

    private const string Wrong = """
        select s.id, s.status, d.status
        from sites s
        cross join lateral (
          select count(*) filter (where a.type <> 'mobile') as fixed, count(*) as devices
          from sip_accounts a join units u on u.id = a.unit_id join buildings b on b.id = u.building_id
          where b.site_id = s.id and a.enabled
        ) n
        cross join lateral (
          select case
            when count(*) filter (where a.registered) = 0 then 'offline'
            when count(*) filter (where a.registered) = count(*) then 'online'
            else 'partial' end as status
          from sip_accounts a join units u on u.id = a.unit_id join buildings b on b.id = u.building_id
          where b.site_id = s.id and a.enabled and (a.type <> 'mobile' or n.fixed = 0)
        ) d
        where s.status <> d.status
        """;

    // One place of its kind, as the dice fall.
    private static readonly string[] Changes =
    [
        "insert into sip_accounts (unit_id, type, registered) select id, (array['panel', 'mobile', 'station'])[1 + floor(random() * 3)], random() < 0.5 from units order by random() limit 1",
        "update sip_accounts set registered = not registered where id = (select id from sip_accounts order by random() limit 1)",
        "update sip_accounts set enabled = not enabled where id = (select id from sip_accounts order by random() limit 1)",
        "update sip_accounts set unit_id = (select id from units order by random() limit 1) where id = (select id from sip_accounts order by random() limit 1)",
        "update units set building_id = (select id from buildings order by random() limit 1) where id = (select id from units order by random() limit 1)",
        "update buildings set site_id = (select id from sites order by random() limit 1) where id = (select id from buildings order by random() limit 1)",
        "delete from sip_accounts where id = (select id from sip_accounts order by random() limit 1)",
        "update sites set status = 'online' where id = (select id from sites order by random() limit 1)",
    ];

    private RegistrationRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await RegistrationRig.CreateAsync(supabase, mariaDb);
        for (var site = 0; site < 4; site++)
        {
            var building = await _rig.Dashboard.CreateBuildingAsync(await _rig.Dashboard.CreateSiteAsync());
            for (var unit = 0; unit < 3; unit++)
                await _rig.Dashboard.CreateUnitAsync(building, $"{site}{unit}");
        }
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task When_all_have_come_to_rest_every_status_is_right()
    {
        var users = Enumerable.Range(0, Users).Select(seed => ChangeAsync(new Random(seed))).ToList();
        var allDone = Task.WhenAll(users);
        var counting = Enumerable.Range(0, 2).Select(_ => CountUntilAsync(allDone)).ToList();
        await allDone;
        await Task.WhenAll(counting);

        await _rig.NewSiteStatus().FollowAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);

        Assert.Empty(await _rig.Databases.Postgres.RowsAsync(Wrong));
        Assert.NotEqual("0", await _rig.Databases.Postgres.ValueAsync("select count(*) from sites where status <> 'offline'"));
    }

    private async Task ChangeAsync(Random random)
    {
        for (var change = 0; change < ChangesOfEach; change++)
        {
            try
            {
                await _rig.Databases.Postgres.ExecuteAsync(Changes[random.Next(Changes.Length)]);
            }
            catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.UniqueViolation)
            {
                // Two users got in each other's way, or one moved into what the other was moving: nothing was changed.
            }
        }
    }

    private async Task CountUntilAsync(Task done)
    {
        var status = _rig.NewSiteStatus();
        while (!done.IsCompleted)
            await status.FollowAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
    }
}
