using System.Diagnostics;
using Neolia.Chaos.Faults;
using Neolia.Chaos.Parts;
using Neolia.Chaos.Reporting;

namespace Neolia.Chaos;

/// <summary>
/// A run: part after part, each in stretches of load and faults, and after each stretch quiet, until everything is applied,
/// and a check of every invariant. A long run goes round several times, so that one that is interrupted has had all of it.
/// </summary>
internal sealed class ChaosRun(Ground ground, Journal journal)
{
    private static readonly TimeSpan LongestRound = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestStretch = TimeSpan.FromSeconds(35);
    private static readonly TimeSpan ShortestStretch = TimeSpan.FromSeconds(2);

    private readonly Dictionary<Part, IReadOnlyList<IFault>> _faults = [];

    public async Task RunAsync(IReadOnlyList<Part> parts, TimeSpan time, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken);
        var shares = parts.Sum(part => part.Share);
        var rounds = Math.Max(1, (int)Math.Round(time / LongestRound));
        for (var round = 0; round < rounds; round++)
        {
            foreach (var part in parts)
                await RunPartAsync(part, time / rounds * (part.Share / shares), cancellationToken);
        }
    }

    /// <summary>Kamailio's database knows everything once before anybody dies.</summary>
    public Task BeginAsync(CancellationToken cancellationToken) => ground.Checker.CheckAsync(ofOneHistory: true, cancellationToken);

    /// <summary>Load and faults for a while, then quiet and the check.</summary>
    public async Task StretchAsync(Part part, TimeSpan time, CancellationToken cancellationToken)
    {
        ground.Crew.Options = part.Crew;
        ground.Gate.Mode = part.Doorbells;
        if (part.Restores)
        {
            await ground.Restores.RunAsync(half => LoadAsync(part, half, cancellationToken), time, cancellationToken);
            return;
        }

        await LoadAsync(part, time, cancellationToken);
        ground.Crew.Calm();
        await ground.Checker.CheckAsync(ofOneHistory: true, cancellationToken);
    }

    private async Task LoadAsync(Part part, TimeSpan time, CancellationToken cancellationToken)
    {
        if (!_faults.TryGetValue(part, out var faults))
            _faults[part] = faults = part.Faults(ground);
        ground.Crew.Wire.Enabled = part.Wire;
        ground.Crew.Rage();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        over.CancelAfter(time);
        await Task.WhenAll(
            ground.Writers.RunAsync(over.Token),
            ground.Devices.RunAsync(over.Token),
            ground.Waiting.RunAsync(part.Name, over.Token),
            new Unrest(faults, part.Pause, ground.Faults, ground.Random($"unrest {part.Name}")).RunAsync(over.Token));
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task RunPartAsync(Part part, TimeSpan time, CancellationToken cancellationToken)
    {
        // Each stretch sees one restore.
        var longest = part.Restores ? LongestStretch / 5 : LongestStretch;

        // However short the run, each part has its turn.
        var ends = Stopwatch.GetTimestamp() + (long)(Math.Max(time.TotalSeconds, ShortestStretch.TotalSeconds) * Stopwatch.Frequency);
        while (TimeSpan.FromSeconds((ends - Stopwatch.GetTimestamp()) / (double)Stopwatch.Frequency) is var left && left > ShortestStretch / 2)
        {
            await StretchAsync(part, left < longest * 1.5 ? left : longest, cancellationToken);
            await journal.WriteAsync(part.Name, ground);
            ground.Crew.TrimLog();
        }
    }
}
