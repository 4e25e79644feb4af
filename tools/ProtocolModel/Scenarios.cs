using CsCheck;

namespace Neolia.ProtocolModel;

/// <summary>Random scenarios: what happens how often.</summary>
internal static class Scenarios
{
    private static readonly Gen<int> s_any = Gen.Int[0, 575];

    /// <summary>Everything but restored backups.</summary>
    public static readonly Gen<Move[]> Ordinary = Of(
        (40, MoveKind.Work), (20, MoveKind.Change), (16, MoveKind.Go), (10, MoveKind.Register), (5, MoveKind.Kill),
        (3, MoveKind.Fail), (14, MoveKind.Pass), (2, MoveKind.AskAgain), (2, MoveKind.Guest), (1, MoveKind.KamailioDown), (1, MoveKind.SupabaseDown));

    public static readonly Gen<Move[]> WithRestores = Of(
        (40, MoveKind.Work), (20, MoveKind.Change), (16, MoveKind.Go), (4, MoveKind.Register), (3, MoveKind.Kill),
        (12, MoveKind.Pass), (2, MoveKind.AskAgain), (1, MoveKind.Guest), (4, MoveKind.Backup), (4, MoveKind.Restore));

    /// <summary>Two accounts are there, in both databases.</summary>
    private static readonly Move[] s_settled =
    [
        new(MoveKind.Change, 0, 0), new(MoveKind.Go, 0, 8), new(MoveKind.Change, 0, 32), new(MoveKind.Go, 0, 8),
        new(MoveKind.Work, 2, 24),
    ];

    /// <summary>What can be forced on real servers, too.</summary>
    public static readonly Gen<Move[]> BesideServers = Of(
        (40, MoveKind.Work), (20, MoveKind.Change), (16, MoveKind.Go), (10, MoveKind.Register), (3, MoveKind.Kill),
        (6, MoveKind.Pass), (3, MoveKind.AskAgain), (2, MoveKind.Guest));

    private static Gen<Move[]> Of(params (int Weight, MoveKind Kind)[] moves) => Gen.Select(
        Gen.Bool,
        Gen.Frequency([.. moves.Select(m => (m.Weight, Kind(m.Kind)))]).Array[10, 50],
        (isSettled, moves) => isSettled ? [.. s_settled, .. moves] : moves);

    private static Gen<Move> Kind(MoveKind kind) => kind is MoveKind.Work or MoveKind.Go
        ? Gen.Select(Gen.Int[0, 5], Gen.Int[0, 14], (a, b) => new Move(kind, a, b))
        : Gen.Select(Gen.Int[0, 5], s_any, (a, b) => new Move(kind, a, b));
}
