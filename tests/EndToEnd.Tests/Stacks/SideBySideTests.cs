using MySqlConnector;
using Neolia.LocalStack;
using Npgsql;

namespace Neolia.EndToEnd.Tests.Stacks;

public sealed class SideBySideTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_stacks_run_side_by_side_and_do_not_see_each_other()
    {
        var options = new StackOptions { WithDashboard = false };
        var stacks = await Task.WhenAll(Stack.StartAsync(options, Cancelled), Stack.StartAsync(options, Cancelled));
        await using var one = stacks[0];
        await using var other = stacks[1];

        await AddAccountAsync(one, "panel101");
        await AddAccountAsync(other, "panel202");

        Assert.Equal(["panel101"], await SubscribersAsync(one));
        Assert.Equal(["panel202"], await SubscribersAsync(other));
    }

    private static async Task AddAccountAsync(Stack stack, string username)
    {
        await using var connection = new NpgsqlConnection(stack.Project.OwnerConnectionString);
        await connection.OpenAsync(Cancelled);
        await using var command = new NpgsqlCommand(
            """
            with person as (insert into auth.users (id, email) values (gen_random_uuid(), 'a@example.org') returning id),
              site as (insert into public.sites (name, user_id) select 'S', id from person returning id),
              building as (insert into public.buildings (site_id, name) select id, 'B' from site returning id),
              unit as (insert into public.units (building_id, number) select id, '1' from building returning id)
            insert into public.sip_accounts (unit_id, type, username) select id, 'panel', $1 from unit
            """, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = username });
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    private static async Task<List<string>> SubscribersAsync(Stack stack)
    {
        await using var connection = new MySqlConnection(stack.KamailioDatabase.RootConnectionString);
        await connection.OpenAsync(Cancelled);
        var names = new List<string>();
        await Poll.UntilAsync(() => (names = Read(connection)).Count > 0, "a subscriber appeared");
        return names;
    }

    private static List<string> Read(MySqlConnection connection)
    {
        using var command = new MySqlCommand("select username from subscriber order by username", connection);
        using var rows = command.ExecuteReader();
        var names = new List<string>();
        while (rows.Read())
            names.Add(rows.GetString(0));
        return names;
    }
}
