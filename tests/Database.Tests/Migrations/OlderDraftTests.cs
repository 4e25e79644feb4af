using System.Text.RegularExpressions;
using Neolia.Database.Tests.Supabase;
using Neolia.LocalStack;
using Ours = Neolia.LocalStack.Supabase.Migrations;

namespace Neolia.Database.Tests.Migrations;

/// <summary>The way forward that docs/operations.md gives for an older draft, taken word by word.</summary>
public sealed partial class OlderDraftTests(PlainCluster cluster) : IClassFixture<PlainCluster>
{
    private const string AccountsOnBuildings = """
        drop table sip_accounts cascade;
        create table sip_accounts (
          id uuid primary key default gen_random_uuid(), building_id uuid not null references buildings (id),
          username text not null, domain text not null, password text, display_name text, type text not null);
        insert into auth.users (id) values ('00000000-0000-0000-0000-00000000000a');
        insert into sites (id, name, user_id)
        values ('00000000-0000-0000-0000-00000000000b', 'Tilleuls', '00000000-0000-0000-0000-00000000000a');
        insert into buildings (id, site_id, name)
        values ('00000000-0000-0000-0000-00000000000c', '00000000-0000-0000-0000-00000000000b', 'A');
        insert into sip_accounts (building_id, username, domain, password, display_name, type)
        values ('00000000-0000-0000-0000-00000000000c', 'Panel101', 'sip.neolia.app', gen_random_uuid()::text, 'Hall', 'panel')
        """;

    [Fact]
    public async Task Its_rows_come_over_without_their_passwords()
    {
        var cancelled = TestContext.Current.CancellationToken;
        var project = await cluster.CreateProjectAsync();
        await using var owner = await Session.OpenAsync(project.OwnerConnectionString);
        await owner.ExecuteAsync(await File.ReadAllTextAsync(EarlierProject.Files[0], cancelled));
        await owner.ExecuteAsync(AccountsOnBuildings);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Ours.ApplyAsync(project, cancelled));
        var steps = SqlBlocks().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operations.md"), cancelled));

        await owner.ExecuteAsync(steps[0].Groups["sql"].Value);
        await Ours.ApplyAsync(project, cancelled);
        await owner.ExecuteAsync(steps[1].Groups["sql"].Value);
        await owner.ExecuteAsync("drop schema intercom_draft cascade");

        Assert.Equal(
            ["panel101@sip.neolia.app in commun, Hall, no password"],
            await owner.RowsAsync("""
                select format('%s@%s in %s, %s, %s', a.username, a.domain, u.number, a.display_name, coalesce(a.password_hash, 'no password'))
                from sip_accounts a join units u on u.id = a.unit_id
                """));
    }

    [GeneratedRegex(@"```sql\n(?<sql>.*?)```", RegexOptions.Singleline)]
    private static partial Regex SqlBlocks();
}
