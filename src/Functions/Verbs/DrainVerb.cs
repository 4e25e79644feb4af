using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Neolia.Functions.Draining;

namespace Neolia.Functions.Verbs;

internal static class DrainVerb
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        var json = VerbOptions.Json();
        var verb = new Command("drain", "Bring everything that is due to Kamailio, now. The server may drain beside it.") { json };
        verb.SetAction((parsed, cancellationToken) => VerbRun.RunAsync(parsed.GetValue(json), DrainAsync, cancellationToken));
        return verb;
    }

    private static async Task<IVerbAnswer> DrainAsync(IServiceProvider services, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var drain = services.GetRequiredService<DrainRunner>();
        var queue = services.GetRequiredService<QueueGauge>();
        var total = new DrainReport();
        using var watching = drain.Watch(total);
        await using var running = new BackgroundDrain(drain);
        while (true)
        {
            var asked = Stopwatch.GetTimestamp();
            var complete = (await drain.DrainAsync(ProgressEvery, cancellationToken)).Complete;

            // Answered and not complete: a database is out of reach, and the drain would try for ever. Asked again, it would
            // find nothing due, because what it could not apply waits for its back-off.
            var over = complete || Stopwatch.GetElapsedTime(asked) < 0.95 * ProgressEvery;
            var left = await queue.ReadAsync(cancellationToken);
            if (over)
                return new DrainAnswer(total.Applied, complete, left);
            progress.Report($"{total.Applied} applied, {left.Waiting} left");
        }
    }
}

internal sealed class DrainAnswer(int applied, bool complete, QueueState left) : IVerbAnswer
{
    public bool NeedsAttention => !complete || left.Failed > 0;

    public IEnumerable<string> Lines =>
    [
        $"applied:           {applied}",
        $"left for later:    {left.Waiting}{(complete && left.Waiting > 0 ? " (the server has them, or they are tried again by themselves)" : "")}",
        $"can't be applied:  {left.Failed}",
        .. Attention.Select(sentence => $"! {sentence}"),
    ];

    private IEnumerable<string> Attention
    {
        get
        {
            if (!complete)
                yield return "A database can't be reached or used; what waits is kept. Run check, and then this again.";
            if (left.Failed > 0)
                yield return "What can't be applied waits for somebody to correct it in the dashboard, where it says why; so does account NAME.";
        }
    }

    public string ToJson() => JsonSerializer.Serialize(
        new DrainJson(!NeedsAttention, applied, complete, left.Waiting, left.Failed, [.. Attention]), VerbJson.Default.DrainJson);
}

internal sealed record DrainJson(bool Success, int Applied, bool Complete, long Waiting, long Failed, IReadOnlyList<string> Attention);
