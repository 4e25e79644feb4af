using Neolia.Chaos.Parts;

namespace Neolia.Chaos.Restores;

/// <summary>
/// A stretch with a restore in its middle. By turns: under processes that are at work and dying, after which only what is
/// there in the end can be judged; or while none runs, after which every state that Kamailio could see counts again.
/// </summary>
internal sealed class RestoreStretch(Ground ground)
{
    private int _turn;

    /// <summary>What the operator's reconcile said, restore by restore.</summary>
    public List<string> Reports { get; } = [];

    public async Task RunAsync(Func<TimeSpan, Task> load, TimeSpan time, CancellationToken cancellationToken)
    {
        ground.Checker.History.KeepsDigests = true;
        await RestoreAsync(load, time, cancellationToken);
        // Both databases agree row by row: nothing of before the backup is left anywhere.
        ground.Checker.History.KeepsDigests = false;
    }

    private async Task RestoreAsync(Func<TimeSpan, Task> load, TimeSpan time, CancellationToken cancellationToken)
    {
        var (turn, arena, crew) = (_turn++, ground.Arena, ground.Crew);
        await crew.RestAsync(cancellationToken);
        IBackup backup = turn % 2 == 0 ? await SupabaseBackup.TakeAsync(arena, cancellationToken) : await KamailioBackup.TakeAsync(arena, cancellationToken);

        if (turn % 4 < 2)
        {
            await load(time / 2);
            await crew.RestAsync(cancellationToken);
            await backup.RestoreAsync(cancellationToken);
            await ground.Checker.BeginAnewAsync(cancellationToken);
            ground.Faults.Count($"{backup.Of} restored from a backup while nothing ran");
            if (turn % 8 < 2 && !ground.IsMutated)
                Reports.Add($"{backup.Of} restored:\n{await OperatorsReconcile.RunAsync(arena, crew.Executable, crew.ExtraSettings, cancellationToken)}");
            await load(time / 2);
            crew.Calm();
            await ground.Checker.CheckAsync(ofOneHistory: true, cancellationToken);
        }
        else
        {
            var loading = load(time);
            await Task.Delay(time / 2, cancellationToken);
            await backup.RestoreAsync(cancellationToken);
            ground.Faults.Count($"{backup.Of} restored from a backup under load");
            await loading;
            crew.Calm();
            await ground.Checker.CheckAsync(ofOneHistory: false, cancellationToken);
        }
    }
}
