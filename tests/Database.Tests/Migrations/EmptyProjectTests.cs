using Neolia.Database.Tests.Supabase;
using Neolia.LocalStack.Supabase;
using Ours = Neolia.LocalStack.Supabase.Migrations;

namespace Neolia.Database.Tests.Migrations;

public sealed class EmptyProjectTests(PlainCluster cluster) : IClassFixture<PlainCluster>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_Supabase_CLI_applies_them_once()
    {
        var project = await cluster.CreateProjectAsync();

        await SupabaseCli.PushAsync(project, Ours.Files, Cancelled);
        var before = await Dump.OfAsync(project);
        await SupabaseCli.PushAsync(project, Ours.Files, Cancelled);

        Assert.Equal(before, await Dump.OfAsync(project));
        await using var owner = await Session.OpenAsync(project.OwnerConnectionString);
        Assert.Equal(
            Ours.Files.Select(file => Path.GetFileName(file)[..14]),
            await owner.RowsAsync("select version from supabase_migrations.schema_migrations order by 1"));
        Assert.Equal(["False"], await owner.RowsAsync("select rolsuper from pg_roles where rolname = current_user"));
    }

    [Fact]
    public async Task Applying_them_again_without_a_history_changes_nothing()
    {
        var project = await cluster.CreateProjectAsync();
        await Ours.ApplyAsync(project, Cancelled);
        await using (var owner = await Session.OpenAsync(project.OwnerConnectionString))
        {
            await owner.ExecuteAsync("""
                insert into auth.users (id) values ('00000000-0000-4000-8000-00000000000a');
                insert into sites (name, user_id) select 's', id from auth.users;
                insert into buildings (site_id, name) select id, 'b' from sites;
                insert into units (building_id, number) select id, '1' from buildings;
                insert into sip_accounts (unit_id, type) select id, 'station' from units;
                delete from kamailio_sync.queue
                """);
        }

        var before = await Dump.OfAsync(project);
        await Ours.ApplyAsync(project, Cancelled);

        Assert.Equal(before, await Dump.OfAsync(project));
    }

    [Fact]
    public void Versions_come_after_the_dashboards_and_grow()
    {
        var versions = Ours.Files.Select(file => Path.GetFileName(file)[..14]).ToList();

        Assert.Equal(versions.Distinct().Order(StringComparer.Ordinal), versions);
        Assert.All(versions, version => Assert.True(string.CompareOrdinal(version, "20260116") > 0, version));
    }

    [Theory]
    [InlineData("drop schema net cascade; drop schema vault cascade; drop publication supabase_realtime")]
    [InlineData("drop extension pgcrypto cascade; drop extension \"uuid-ossp\"; drop schema extensions cascade")]
    [InlineData("alter publication supabase_realtime owner to supabase_admin")]
    [InlineData("drop publication supabase_realtime; create publication supabase_realtime for all tables")]
    [InlineData("drop extension pgcrypto cascade; create extension pgcrypto with schema public")]
    public async Task What_a_project_may_lack_stops_nothing(string lack)
    {
        var project = await cluster.CreateProjectAsync();
        await using (var superuser = await Session.OpenAsync(project.SuperuserConnectionString))
            await superuser.ExecuteAsync(lack);

        await Ours.ApplyAsync(project, Cancelled);

        await using var owner = await Session.OpenAsync(project.OwnerConnectionString);
        await owner.ExecuteAsync("insert into auth.users (id) values (gen_random_uuid()); insert into sites (name, user_id) select 's', id from auth.users");
        Assert.Equal(1, await owner.ScalarAsync<long>("select count(*) from sites"));
    }

    [Fact]
    public async Task The_sync_state_is_in_the_realtime_publication()
    {
        var project = await cluster.CreateProjectAsync();
        await Ours.ApplyAsync(project, Cancelled);
        await using var owner = await Session.OpenAsync(project.OwnerConnectionString);

        Assert.Equal(["sip_account_sync", "unit_sync"], await owner.RowsAsync("select tablename from pg_publication_tables where pubname = 'supabase_realtime' order by 1"));
    }

    [Fact]
    public async Task Every_foreign_key_leads_an_index()
    {
        var project = await cluster.CreateProjectAsync();
        await Ours.ApplyAsync(project, Cancelled);
        await using var owner = await Session.OpenAsync(project.OwnerConnectionString);

        Assert.Empty(await owner.RowsAsync("""
            select c.conrelid::regclass, c.conname from pg_constraint c
            where c.contype = 'f' and c.connamespace in ('public'::regnamespace, 'kamailio_sync'::regnamespace)
              and not exists (select from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1])
            """));
    }

    [Fact]
    public async Task Every_security_definer_function_fixes_its_search_path_and_is_closed()
    {
        var project = await cluster.CreateProjectAsync();
        await Ours.ApplyAsync(project, Cancelled);
        await using var owner = await Session.OpenAsync(project.OwnerConnectionString);

        Assert.Empty(await owner.RowsAsync("""
            select oid::regprocedure from pg_proc
            where pronamespace in ('public'::regnamespace, 'kamailio_sync'::regnamespace) and proowner = 'postgres'::regrole
              and (prosecdef and not 'search_path=""' = any (coalesce(proconfig, '{}')) or has_function_privilege('anon', oid, 'execute'))
            """));
    }
}
