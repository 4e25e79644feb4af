using MySqlConnector;
using Neolia.LocalStack;
using Npgsql;

namespace Neolia.Chaos.Arenas;

/// <summary>
/// Both databases, the recorder in each, and what everybody fights over: a few names, a few units, and subscribers that
/// were made by hand. Kamailio rests until it is wanted: its own sweep would hide contacts that the sync forgot.
/// </summary>
internal sealed class Arena : IAsyncDisposable
{
    public const string Domain = "sip.neolia.app";

    private readonly NpgsqlDataSource _supabase;
    private readonly MySqlDataSource _kamailio;

    private Arena(Stack stack)
    {
        Stack = stack;
        _supabase = NpgsqlDataSource.Create(stack.Project.SuperuserConnectionString + ";Command Timeout=60;Maximum Pool Size=40");
        _kamailio = new MySqlDataSource(stack.KamailioDatabase.RootConnectionString + ";AllowUserVariables=true;Default Command Timeout=60");
        Supabase = new Database(_supabase);
        Kamailio = new Database(_kamailio);
    }

    public Stack Stack { get; }

    /// <summary>As its superuser.</summary>
    public Database Supabase { get; }

    /// <summary>As root.</summary>
    public Database Kamailio { get; }

    public IReadOnlyList<Guid> Units { get; private set; } = [];

    /// <summary>Names that accounts come and go under. Some are those of guests: their accounts must fail.</summary>
    public IReadOnlyList<string> Names { get; } = [.. Enumerable.Range(1, 60).Select(n => $"name-{n}"), "guest-1", "guest-2", "guest-3"];

    public static async Task<Arena> StartAsync(CancellationToken cancellationToken)
    {
        var stack = await Stack.StartAsync(new StackOptions { SurvivesKills = true, WithDashboard = false, WithApp = false }, cancellationToken);
        var arena = new Arena(stack);
        try
        {
            await stack.Kamailio.StopAsync(cancellationToken);
            await arena.Supabase.ExecuteAsync(Resource("record-supabase.sql"), cancellationToken);
            await arena.Supabase.ExecuteAsync(Resource("workload.sql"), cancellationToken);
            await arena.SettleAsync(cancellationToken);
            await arena.Kamailio.ExecuteAsync(Resource("record-kamailio.sql"), cancellationToken);
            return arena;
        }
        catch
        {
            await arena.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connections of before a crash are of no use.</summary>
    public void ForgetConnections() => _supabase.Clear();

    /// <summary>Runs statements in one transaction of Kamailio's database, holds what they lock for a while, and rolls back.</summary>
    public async Task HoldAsync(IReadOnlyList<string> statements, TimeSpan time)
    {
        try
        {
            await using var connection = await _kamailio.OpenConnectionAsync(CancellationToken.None);
            await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
            foreach (var statement in statements)
            {
                await using var command = new MySqlCommand(statement, connection, transaction);
                await command.ExecuteNonQueryAsync(CancellationToken.None);
            }

            await Task.Delay(time, CancellationToken.None);
            await transaction.RollbackAsync(CancellationToken.None);
        }
        catch (Exception exception) when (Database.IsFault(exception))
        {
            // It was the victim of its own deadlock, or the server is away.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _supabase.DisposeAsync();
        await _kamailio.DisposeAsync();
        await Stack.DisposeAsync();
    }

    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        await Supabase.ExecuteAsync(
            """
            with owner as (insert into auth.users (id) values (gen_random_uuid()) returning id),
            site as (insert into public.sites (name, user_id) select 'Residence ' || n, owner.id from owner, generate_series(1, 2) n returning id),
            building as (insert into public.buildings (site_id, name) select site.id, b from site, unnest('{A,B}'::text[]) b returning id),
            flat as (select building.id as building, gen_random_uuid() as id from building, generate_series(1, 4))
            insert into public.units (id, building_id, number) select flat.id, flat.building, flat.id::text from flat
            """,
            cancellationToken);
        Units = await Supabase.ReadAsync("select id from public.units order by id", row => row.GetGuid(0), cancellationToken);

        // In a unit of its own that no cascade takes along.
        await Supabase.ExecuteAsync(
            """
            with own as (insert into public.units (building_id, number) select min(id::text)::uuid, 'probe' from public.buildings returning id)
            insert into public.sip_accounts (unit_id, username, type) select own.id, 'probe', 'panel' from own
            """,
            cancellationToken);

        // Made by hand, one with a column's value that the sync would never write.
        await Kamailio.ExecuteAsync(
            """
            insert into subscriber (username, domain, password, ha1, ha1b) values
            ('guest-1', 'sip.neolia.app', '', md5('1'), md5('1b')), ('guest-2', 'sip.neolia.app', 'left by hand', md5('2'), md5('2b')),
            ('guest-3', 'sip.neolia.app', '', md5('3'), md5('3b')), ('guest-4', 'elsewhere.example', '', md5('4'), md5('4b'))
            """,
            cancellationToken);
    }

    private static string Resource(string name)
    {
        using var stream = typeof(Arena).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
