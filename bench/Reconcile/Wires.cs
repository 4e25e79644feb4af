using MySqlConnector;
using Neolia.Bench.Towns;
using Npgsql;

namespace Neolia.Bench.Reconcile;

/// <summary>The ways to both databases, counted.</summary>
internal sealed class Wires(DrainedTown town) : IAsyncDisposable
{
    private readonly CountingWire _supabase = new(town.Stack.Postgres.Port);
    private readonly CountingWire _kamailio = new(town.Stack.MariaDb.Port);

    public string SupabaseSetting => Supabase(town.Stack.Project.AppConnectionStringWithoutPassword);

    public string KamailioSetting => Kamailio(town.Stack.KamailioDatabase.AppConnectionStringWithoutPassword);

    public string SupabaseLogin => Supabase(town.Stack.Project.AppConnectionString);

    public string KamailioLogin => Kamailio(town.Stack.KamailioDatabase.AppConnectionString);

    public long TakeBytes() => _supabase.TakeBytes() + _kamailio.TakeBytes();

    public async ValueTask DisposeAsync()
    {
        await _supabase.DisposeAsync();
        await _kamailio.DisposeAsync();
    }

    private string Supabase(string connection) => new NpgsqlConnectionStringBuilder(connection) { Port = _supabase.Port }.ConnectionString;

    private string Kamailio(string connection) => new MySqlConnectionStringBuilder(connection) { Port = (uint)_kamailio.Port }.ConnectionString;
}
