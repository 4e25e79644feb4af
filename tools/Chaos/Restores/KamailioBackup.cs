using Neolia.Chaos.Arenas;

namespace Neolia.Chaos.Restores;

/// <summary>A copy of every table that the sync reads or writes, put back in one transaction under whoever works there.</summary>
internal sealed class KamailioBackup : IBackup
{
    private static readonly string[] Tables =
        ["subscriber", "location", "neolia_account", "neolia_identity", "neolia_kick", "neolia_unit", "neolia_call_rule"];

    private readonly Arena _arena;

    private KamailioBackup(Arena arena) => _arena = arena;

    public string Of => "Kamailio";

    public static async Task<KamailioBackup> TakeAsync(Arena arena, CancellationToken cancellationToken)
    {
        await arena.Kamailio.ExecuteAsync("drop database if exists chaos_backup; create database chaos_backup", cancellationToken);
        foreach (var table in Tables)
            await arena.Kamailio.ExecuteAsync($"create table chaos_backup.{table} as select * from {table}", cancellationToken);
        return new KamailioBackup(arena);
    }

    public Task RestoreAsync(CancellationToken cancellationToken) => Database.PatientlyAsync(
        () => _arena.Kamailio.ExecuteAsync(
            $"""
            set @chaos_silent = 1;
            start transaction;
            {string.Concat(Tables.Select(table => $"delete from {table}; insert into {table} select * from chaos_backup.{table};\n"))}
            commit;
            set @chaos_silent = null;
            """,
            cancellationToken),
        cancellationToken);
}
