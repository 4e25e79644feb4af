using Neolia.Database.Tests.Supabase;
using Neolia.LocalStack.Supabase;
using Neolia.LocalStack.Supervision;
using Ours = Neolia.LocalStack.Supabase.Migrations;

namespace Neolia.Database.Tests.Migrations;

/// <summary>Tables of the same names with another design: refused with one sentence, and nothing is changed.</summary>
public sealed class OtherDesignTests(PlainCluster cluster) : IClassFixture<PlainCluster>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Designs => new()
    {
        {
            "create table sip_accounts (id uuid primary key, site_id uuid, username text, password text)",
            "public.sip_accounts has no column unit_id uuid, "
        },
        {
            "create table sip_accounts (id uuid primary key, building_id uuid, sip_username text)",
            "public.sip_accounts has no column unit_id uuid, username text, "
        },
        { "create table units (id bigint primary key, building_id uuid, number text)", "public.units has no column id uuid" },
        { "create view sites as select gen_random_uuid() as id", "public.sites is not an ordinary table" },
        { "{earlier}; alter table sip_accounts drop constraint sip_accounts_username_domain_key", "public.sip_accounts has no unique key on (domain, username)" },
        { "{earlier}; alter table call_rules drop constraint call_rules_pkey", "public.call_rules has no unique key on (id)" },
        { "{earlier}; alter table units add column tenant uuid not null", "public.units has a required column tenant that the dashboard does not fill" },
        { "{earlier}; alter table sites alter column created_at type timestamp", "public.sites has no column created_at timestamptz" },
    };

    [Theory]
    [MemberData(nameof(Designs))]
    public async Task Are_refused_and_nothing_is_changed(string design, string problem)
    {
        var project = await CreateAsync(design);
        var before = await Dump.OfAsync(project);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Ours.ApplyAsync(project, Cancelled));

        Assert.Contains("Neolia Functions changed nothing, because a table it needs exists with another design (", refused.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.Contains("docs/operations.md", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await Dump.OfAsync(project));
    }

    [Fact]
    public async Task Are_refused_by_the_Supabase_CLI_too()
    {
        var project = await CreateAsync("create table sip_accounts (id uuid primary key, site_id uuid, username text)");
        var before = await Dump.OfAsync(project, "--exclude-schema=supabase_migrations");

        var refused = await Assert.ThrowsAsync<ServerStartException>(() => SupabaseCli.PushAsync(project, Ours.Files, Cancelled));

        Assert.Contains("public.sip_accounts has no column unit_id uuid, ", refused.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, await Dump.OfAsync(project, "--exclude-schema=supabase_migrations"));
        await using var owner = await Session.OpenAsync(project.OwnerConnectionString);
        Assert.Empty(await owner.RowsAsync("select version from supabase_migrations.schema_migrations"));
    }

    [Fact]
    public async Task A_table_of_another_role_is_refused()
    {
        var project = await cluster.CreateProjectAsync();
        await using (var superuser = await Session.OpenAsync(project.SuperuserConnectionString))
        {
            await superuser.ExecuteAsync(await File.ReadAllTextAsync(EarlierProject.Files[0], Cancelled));
            await superuser.ExecuteAsync("grant all on all tables in schema public to postgres");
        }

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Ours.ApplyAsync(project, Cancelled));

        Assert.Contains("public.sites belongs to another role than postgres", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Further_columns_that_inserts_need_not_know_are_welcome()
    {
        var project = await CreateAsync("{earlier}; alter table units add column note text, add column rank int not null default 0");

        await Ours.ApplyAsync(project, Cancelled);
    }

    private async Task<SupabaseProject> CreateAsync(string design)
    {
        var project = await cluster.CreateProjectAsync();
        await using var owner = await Session.OpenAsync(project.OwnerConnectionString);
        await owner.ExecuteAsync(design.Replace("{earlier};", await File.ReadAllTextAsync(EarlierProject.Files[0], Cancelled), StringComparison.Ordinal));
        return project;
    }
}
