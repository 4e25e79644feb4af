using System.Diagnostics;
using Span = System.Diagnostics.Activity;

namespace Neolia.Functions.Telemetry;

/// <summary>
/// The spans of a trace: who asked, the turns of the drain that followed, their steps down to the commit in MySQL. They
/// carry counts, codes and names of our own and nothing that came from outside or from a database. Nobody exports them
/// unless the program was told where to: then none is made.
/// </summary>
public static class Spans
{
    public const string SourceName = "Neolia.Functions";

    // A doorbell of a bulk change is joined by many others.
    private const int MaxLinks = 16;

    private static readonly ActivitySource Source = new(SourceName);
    private static readonly AsyncLocal<IReadOnlyList<ActivityContext>?> Askers = new();

    /// <param name="name">Method and route, never the path.</param>
    /// <param name="caller">Of the caller's header <c>traceparent</c>; default when there is none.</param>
    public static Span? StartRequest(string name, ActivityContext caller) => Source.StartActivity(name, ActivityKind.Server, caller);

    /// <summary>Whoever asked for the turns that the caller takes from here on: the first is their parent, the others are linked.</summary>
    public static void AskedBy(IEnumerable<ActivityContext> askers) => Askers.Value = [.. askers.Where(a => a != default).Take(1 + MaxLinks)];

    /// <summary>A turn that found work. One that finds none is none: while lingering there are fifty of those a second.</summary>
    /// <param name="since">When it began to claim.</param>
    public static Span? StartTurn(DateTimeOffset since, int subjects)
    {
        var askers = Askers.Value ?? [];
        var turn = Source.StartActivity(
            "drain.turn", ActivityKind.Internal, askers.Count > 0 ? askers[0] : default, [new("neolia.subjects", subjects)], askers.Skip(1).Select(a => new ActivityLink(a)), since);
        if (turn is not null)
            Source.StartActivity("drain.claim", ActivityKind.Internal, turn.Context, startTime: since)?.Dispose();
        return turn;
    }

    /// <summary>A step of what is traced here; none when nothing is.</summary>
    public static Span? Step(string name, ActivityKind kind = ActivityKind.Internal) =>
        Span.Current?.Source.Name == SourceName ? Source.StartActivity(name, kind) : null;

    /// <summary>One run of a timer's work: a trace of its own, or a step of the request that asked for it.</summary>
    public static Span? StartRun(string name) => Source.StartActivity(name);
}
