using Neolia.Chaos.Arenas;

namespace Neolia.Chaos.Restores;

/// <summary>A copy of the whole database. Everybody is thrown out while it is taken, and when it comes back in the database's place.</summary>
internal sealed class SupabaseBackup : IBackup
{
    private readonly Arena _arena;

    private SupabaseBackup(Arena arena) => _arena = arena;

    public string Of => "Supabase";

    private string Name => _arena.Stack.Project.Database;

    public static async Task<SupabaseBackup> TakeAsync(Arena arena, CancellationToken cancellationToken)
    {
        var backup = new SupabaseBackup(arena);
        await backup.AloneAsync([$"drop database if exists {backup.Name}_backup", $"create database {backup.Name}_backup template {backup.Name} owner postgres"], cancellationToken);
        return backup;
    }

    public Task RestoreAsync(CancellationToken cancellationToken) =>
        AloneAsync([$"drop database {Name} with (force)", $"alter database {Name}_backup rename to {Name}"], cancellationToken);

    private async Task AloneAsync(IReadOnlyList<string> statements, CancellationToken cancellationToken)
    {
        var server = _arena.Stack.Postgres;
        await server.ExecuteAsync("postgres", $"alter database {Name} with allow_connections false", cancellationToken);
        await server.ExecuteAsync("postgres", $"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{Name}'", cancellationToken);
        foreach (var statement in statements)
            await server.ExecuteAsync("postgres", statement, cancellationToken);
        await server.ExecuteAsync("postgres", $"alter database {Name} with allow_connections true", cancellationToken);
        _arena.ForgetConnections();
    }
}
