using Neolia.Chaos.Arenas;

namespace Neolia.Chaos.Faults;

/// <summary>Somebody holds rows of Kamailio's database, some for longer than the sync waits for a lock.</summary>
internal sealed class LockHolder(Arena arena, Random random) : IFault
{
    public string Name => "rows of MySQL held locked";

    public Task StrikeAsync(FaultLog log, CancellationToken cancellationToken) => arena.HoldAsync(
        [
            $"select * from neolia_identity where username like 'name-{random.Next(1, 6)}%' for update",
            "select * from location limit 5 for update",
        ],
        TimeSpan.FromMilliseconds(random.Next(200, 1800)));
}

/// <summary>Takes locks in the wrong order (names before fences), so that a worker and it wait for each other.</summary>
internal sealed class Deadlock(Arena arena, Random random) : IFault
{
    public string Name => "deadlock in MySQL";

    public Task StrikeAsync(FaultLog log, CancellationToken cancellationToken) => arena.HoldAsync(
        [
            "select * from neolia_identity order by domain desc, username desc for update",
            $"do sleep({random.Next(5, 30)} / 100)",
            "select * from neolia_account order by account_id desc for update",
        ],
        TimeSpan.FromMilliseconds(50));
}

/// <summary>Kamailio's server takes no writes: a replica that was promoted too late, an operator's mistake.</summary>
internal sealed class ReadOnlyServer(Arena arena, Random random) : IFault
{
    public string Name => "MySQL read-only";

    public async Task StrikeAsync(FaultLog log, CancellationToken cancellationToken)
    {
        await Database.PatientlyAsync(() => arena.Kamailio.ExecuteAsync("set global read_only = 1", CancellationToken.None), CancellationToken.None);
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(300, 1500)), CancellationToken.None);
        await Database.PatientlyAsync(() => arena.Kamailio.ExecuteAsync("set global read_only = 0", CancellationToken.None), CancellationToken.None);
    }
}

/// <summary>Each write is answered as by a server whose disk is full (1021).</summary>
internal sealed class FullDisk(Arena arena, Random random) : IFault
{
    public string Name => "MySQL answers that its disk is full";

    public async Task StrikeAsync(FaultLog log, CancellationToken cancellationToken)
    {
        await SwitchAsync(1);
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(300, 1500)), CancellationToken.None);
        await SwitchAsync(0);
    }

    private Task SwitchAsync(int full) => Database.PatientlyAsync(
        () => arena.Kamailio.ExecuteAsync("update chaos_switch set full = ?", CancellationToken.None, full), CancellationToken.None);
}
