using MySqlConnector;
using Neolia.LocalStack;
using Npgsql;

namespace Neolia.Package.Tests;

/// <summary>Sites with many flats and a panel in each, written at once, and what must have become of them.</summary>
internal sealed class Residence
{
    private const string Create = """
        with owner as (
          insert into auth.users (id) values (gen_random_uuid()) returning id
        ), site as (
          insert into public.sites (name, user_id) select 'Résidence', id from owner returning id
        ), building as (
          insert into public.buildings (site_id, name) select id, 'A' from site returning id
        ), flats as (
          insert into public.units (building_id, number) select building.id, n::text from building, generate_series(1, $1) n returning id, building_id
        ), panels as (
          insert into public.sip_accounts (unit_id, type) select id, 'panel' from flats returning id
        )
        select min(building_id::text)::uuid from flats, (select count(*) from panels) every_panel
        """;

    private const string Rekey = """
        update kamailio_sync.credentials
        set ha1 = md5(gen_random_uuid()::text), ha1b = md5(gen_random_uuid()::text), issued_at = now(), updated_at = now()
        where account_id in (select a.id from public.sip_accounts a join public.units u on u.id = a.unit_id where u.building_id = $1)
        """;

    private const string Wanted = """
        select a.username || '|' || c.ha1 || '|' || c.ha1b
        from public.sip_accounts a
        join public.units u on u.id = a.unit_id
        join kamailio_sync.credentials c on c.account_id = a.id
        where u.building_id = $1 and a.enabled
        """;

    private const string Unfinished = """
        select count(*) from public.sip_accounts a
        join public.units u on u.id = a.unit_id
        left join public.sip_account_sync s on s.account_id = a.id
        where u.building_id = $1
          and (s.state is distinct from 'synced' or exists (select from kamailio_sync.queue q where q.subject_id in (a.id, u.id)))
        """;

    private readonly Stack _stack;
    private readonly Guid _building;

    private Residence(Stack stack, Guid building) => (_stack, _building) = (stack, building);

    public static async Task<Residence> CreateAsync(Stack stack, int flats) =>
        new(stack, await stack.ReadSupabaseAsync<Guid>(Create, flats));

    /// <summary>Gives every account other digests, in one transaction.</summary>
    public Task RekeyAsync() => _stack.ReadSupabaseAsync<object?>(Rekey, _building);

    /// <summary>How many accounts are in Kamailio as Supabase has them.</summary>
    public async Task<int> CountAppliedAsync()
    {
        var (wanted, applied) = (await WantedAsync(), await AppliedAsync());
        wanted.IntersectWith(applied);
        return wanted.Count;
    }

    /// <summary>Both sides hold the same, and nothing waits to be done.</summary>
    public async Task ConvergesAsync(int flats)
    {
        await Eventually.HoldsAsync("every account is synced", async () => await _stack.ReadSupabaseAsync<long>(Unfinished, _building) == 0, TimeSpan.FromSeconds(60));
        var wanted = await WantedAsync();
        Assert.Equal(flats, wanted.Count);
        Assert.Subset(await AppliedAsync(), wanted);
    }

    private async Task<HashSet<string>> WantedAsync()
    {
        await using var connection = new NpgsqlConnection(_stack.Project.SuperuserConnectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(Wanted, connection) { Parameters = { new() { Value = _building } } };
        await using var row = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new HashSet<string>();
        while (await row.ReadAsync(TestContext.Current.CancellationToken))
            rows.Add(row.GetString(0));
        return rows;
    }

    private async Task<HashSet<string>> AppliedAsync()
    {
        await using var connection = new MySqlConnection(_stack.KamailioDatabase.RootConnectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new MySqlCommand("select concat(username, '|', ha1, '|', ha1b) from subscriber", connection);
        await using var row = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new HashSet<string>();
        while (await row.ReadAsync(TestContext.Current.CancellationToken))
            rows.Add(row.GetString(0));
        return rows;
    }
}
