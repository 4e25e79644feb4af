using Neolia.Database.Tests.Supabase;
using Neolia.LocalStack.Supabase;
using Ours = Neolia.LocalStack.Supabase.Migrations;

namespace Neolia.Database.Tests.Migrations;

/// <summary>A deployed project that has the contract's tables, data and permissive policies already.</summary>
public sealed class ExistingTablesTests(PlainCluster cluster) : IClassFixture<PlainCluster>
{
    private const string FirstUser = "00000000-0000-4000-8000-00000000000a";
    private const string SecondUser = "00000000-0000-4000-8000-00000000000b";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_lie_beside_the_other_repositorys_migrations_in_one_history_and_change_no_row()
    {
        var project = await cluster.CreateProjectAsync();
        await SupabaseCli.PushAsync(project, EarlierProject.Files, Cancelled);
        await using var owner = await Session.OpenAsync(project.OwnerConnectionString);
        var before = await EarlierProject.RowsAsync(owner);

        await SupabaseCli.PushAsync(project, [.. EarlierProject.Files, .. Ours.Files], Cancelled);

        Assert.Equal(before, await EarlierProject.RowsAsync(owner));
        Assert.Equal(
            EarlierProject.Files.Concat(Ours.Files).Select(file => Path.GetFileName(file)[..14]),
            await owner.RowsAsync("select version from supabase_migrations.schema_migrations order by 1"));
    }

    [Fact]
    public async Task The_other_repository_goes_on_after_ours()
    {
        var project = await cluster.CreateProjectAsync();
        await SupabaseCli.PushAsync(project, [.. EarlierProject.Files, .. Ours.Files], Cancelled);
        var folder = Directory.CreateTempSubdirectory("neolia-later-");
        var later = Path.Combine(folder.FullName, "29990101000000_later.sql");
        await File.WriteAllTextAsync(later, "alter table public.units add column note text;\n", Cancelled);

        await SupabaseCli.PushAsync(project, [.. EarlierProject.Files, .. Ours.Files, later], Cancelled);

        folder.Delete(recursive: true);
        await using var owner = await Session.OpenAsync(project.OwnerConnectionString);
        await owner.ExecuteAsync("update units set note = 'x' where true");
        await Ours.ApplyAsync(project, Cancelled);
    }

    [Fact]
    public async Task Rows_from_before_get_unknown_digests_and_are_marked_once()
    {
        var (_, owner) = await MigrateAsync();
        await using var _ = owner;

        Assert.Equal(
            ["4|8|0"],
            await owner.RowsAsync("""
                select count(distinct account_id), count(distinct d), count(issued_at)
                from kamailio_sync.credentials, lateral (values (ha1), (ha1b)) v (d)
                """));
        Assert.Equal(
            await owner.RowsAsync("select 'account', id from sip_accounts union all select 'unit_rules', id from units order by 1, 2"),
            await QueueOf.SubjectsAsync(owner));
        Assert.Equal(["4"], await owner.RowsAsync("select count(*) from sip_account_sync where state = 'pending' and not has_credentials"));
        Assert.Equal(["3"], await owner.RowsAsync("select count(*) from unit_sync join units on id = unit_id where state = 'pending' and synced_at is null"));
    }

    [Fact]
    public async Task A_second_run_marks_nothing_again()
    {
        var (project, owner) = await MigrateAsync();
        await using var _ = owner;
        await QueueOf.EmptyAsync(owner);
        var credentials = await owner.RowsAsync("select c::text from kamailio_sync.credentials c order by 1");

        await Ours.ApplyAsync(project, Cancelled);

        Assert.Empty(await QueueOf.SubjectsAsync(owner));
        Assert.Equal(credentials, await owner.RowsAsync("select c::text from kamailio_sync.credentials c order by 1"));
    }

    [Fact]
    public async Task The_older_policies_are_gone()
    {
        var (project, owner) = await MigrateAsync();
        await using var _ = owner;

        Assert.Equal(
            ["function_app", "owner", "owner_reads"],
            await owner.RowsAsync("select distinct policyname from pg_policies where schemaname = 'public' order by 1"));
        Assert.Equal(0, await owner.ScalarAsync<long>("select count(*) from pg_class where relname in ('sites', 'buildings', 'units', 'sip_accounts', 'call_rules', 'intercom_activity_logs') and not relrowsecurity"));
        await using var second = await Session.OpenAsync(project.OwnerConnectionString);
        await second.ExecuteAsync($$"""set role authenticated; set request.jwt.claims = '{"sub": "{{SecondUser}}"}'""");
        Assert.Equal(["Villa"], await second.RowsAsync("select name from sites"));
        Assert.Equal(["Panel Villa", "mobile401"], await second.RowsAsync("""select username from sip_accounts order by username collate "C" """));
        Assert.Empty(await second.RowsAsync("select * from intercom_activity_logs"));
    }

    [Fact]
    public async Task What_the_contract_adds_works()
    {
        var (project, owner) = await MigrateAsync();
        await using var _ = owner;
        await using var dashboard = await Session.OpenAsync(project.OwnerConnectionString);
        await dashboard.ExecuteAsync($$"""set role authenticated; set request.jwt.claims = '{"sub": "{{FirstUser}}"}'""");

        await dashboard.ExecuteAsync("insert into sites (name) values ('New')");
        await dashboard.ExecuteAsync("insert into sip_accounts (unit_id, type) select id, 'station' from units");
        await dashboard.ExecuteAsync("update sites set name = 'Newer' where name = 'New'");

        Assert.Equal([FirstUser], await dashboard.RowsAsync("select user_id from sites where name = 'Newer' and updated_at > created_at"));
        Assert.Equal(["2|3"], await dashboard.RowsAsync("select sites_total, sip_accounts_total from get_intercom_stats($1)", Guid.Parse(SecondUser)));
        Assert.Equal(1, await owner.ScalarAsync<long>("select count(*) from pg_proc where proname = 'get_intercom_stats'"));
    }

    [Fact]
    public async Task An_older_name_in_capitals_stays_until_somebody_changes_it()
    {
        var (_, owner) = await MigrateAsync();
        await using var _ = owner;

        Assert.Equal(["Mobile401"], await owner.RowsAsync("update sip_accounts set enabled = false where username = 'Mobile401' returning username"));
        Assert.Equal(["hall-1"], await owner.RowsAsync("update sip_accounts set username = 'Hall-1' where username = 'Panel Villa' returning username"));
    }

    [Fact]
    public async Task Units_that_an_earlier_version_of_ours_synced_are_marked_again_once_for_unit_sync()
    {
        var project = await cluster.CreateProjectAsync();
        await using var owner = await Session.OpenAsync(project.OwnerConnectionString);
        foreach (var file in EarlierProject.Files.Concat(Ours.Files.Where(f => string.CompareOrdinal(Path.GetFileName(f), "20260301002300") < 0)))
            await owner.ExecuteAsync(await File.ReadAllTextAsync(file, Cancelled));
        await owner.ExecuteAsync("delete from kamailio_sync.queue");
        var units = await owner.RowsAsync("select 'unit_rules', id from units order by 2");

        await Ours.ApplyAsync(project, Cancelled);

        Assert.Equal(units, await QueueOf.SubjectsAsync(owner));
        Assert.Equal(["3|3"], await owner.RowsAsync("select count(*), count(*) filter (where state = 'pending') from unit_sync"));
        await QueueOf.EmptyAsync(owner);
        await Ours.ApplyAsync(project, Cancelled);
        Assert.Empty(await QueueOf.SubjectsAsync(owner));
    }

    [Fact]
    public async Task A_rule_from_before_that_cannot_work_stays_until_somebody_changes_it()
    {
        var project = await cluster.CreateProjectAsync();
        await using var owner = await Session.OpenAsync(project.OwnerConnectionString);
        foreach (var file in EarlierProject.Files)
            await owner.ExecuteAsync(await File.ReadAllTextAsync(file, Cancelled));
        await owner.ExecuteAsync("""
            insert into call_rules (unit_id, name, source_pattern, action, target_sip_uri) select id, 'old', '^intercom.*', 'forward', 'nowhere' from units;
            insert into call_rules (unit_id, name, source_pattern, action) select u.id, 'many', '*', 'ring' from units u, generate_series(1, 1000)
            """);

        await Ours.ApplyAsync(project, Cancelled);

        Assert.Equal(3, await owner.ExecuteAsync("update call_rules set name = 'older', priority = 9 where name = 'old'"));
        Assert.Equal("23514", (await owner.RefusedAsync("update call_rules set source_pattern = '^intercom-.*' where name = 'older'")).SqlState);
        Assert.Equal(3, await owner.ExecuteAsync("update call_rules set enabled = false where name = 'older'"));
    }

    [Fact]
    public async Task An_index_that_is_there_under_another_name_is_not_doubled()
    {
        var (_, owner) = await MigrateAsync();
        await using var _ = owner;

        Assert.Equal(
            ["idx_sip_accounts_unit"],
            await owner.RowsAsync("select indexname from pg_indexes where tablename = 'sip_accounts' and indexdef like '%(unit_id)'"));
    }

    private async Task<(SupabaseProject Project, Session Owner)> MigrateAsync()
    {
        var project = await cluster.CreateProjectAsync();
        var owner = await Session.OpenAsync(project.OwnerConnectionString);
        foreach (var file in EarlierProject.Files)
            await owner.ExecuteAsync(await File.ReadAllTextAsync(file, Cancelled));
        await Ours.ApplyAsync(project, Cancelled);
        return (project, owner);
    }
}
