using System.Text;
using Neolia.Chaos.Workers;

namespace Neolia.Chaos.Wire;

/// <summary>
/// Recognises the steps of a drain on the wire, by a piece of each one's statement: the program that is tested is the one
/// that is deployed, without a hook. A statement that is worded anew and no longer found is a step that the report says
/// was never reached.
/// </summary>
internal sealed class StepMarks
{
    private const int Reach = 4096;
    private const int LongestCommit = 64;

    public static readonly IReadOnlyList<(DrainStep Step, byte[] Text)> OfSupabase =
    [
        Mark(DrainStep.Acknowledge, "held as materialized"),
        Mark(DrainStep.Free, "freed as ("),
        Mark(DrainStep.Claim, "claimed as ("),
        Mark(DrainStep.ReadAccounts, "from public.sip_accounts a where a.id = s.id offset 0"),
        Mark(DrainStep.ReadUnits, "from public.units u where u.id = s.id offset 0"),
        Mark(DrainStep.RenewVersions, "kamailio_sync.renew($1, $2, $3, $4)"),
    ];

    public static readonly IReadOnlyList<(DrainStep Step, byte[] Text)> OfKamailio =
    [
        Mark(DrainStep.FindFences, "select account_id from neolia_account where account_id in ("),
        Mark(DrainStep.CreateFences, "insert ignore into neolia_"),
        Mark(DrainStep.LockFences, "from neolia_account force index (primary)"),
        Mark(DrainStep.LockNames, "account_id, version from neolia_identity force index (primary)"),
        Mark(DrainStep.WriteAccounts, "insert into neolia_account ("),
        Mark(DrainStep.ReadKicks, "select username, domain from neolia_kick"),
        Mark(DrainStep.Kick, "delete from neolia_kick"),
        Mark(DrainStep.LockUnits, "from neolia_unit force index (primary)"),
        Mark(DrainStep.WriteUnits, "delete from neolia_call_rule where unit_id in ("),
    ];

    private static readonly byte[] Commit = "commit"u8.ToArray();

    private readonly IReadOnlyList<(DrainStep Step, byte[] Text)> _marks;
    private DrainStep? _last;

    private StepMarks(IReadOnlyList<(DrainStep Step, byte[] Text)> marks) => _marks = marks;

    public static StepMarks ForSupabase() => new(OfSupabase);

    public static StepMarks ForKamailio() => new(OfKamailio);

    /// <summary>The step that a piece of a connection's requests begins; null for anything else. Call it with each, in order.</summary>
    public DrainStep? Find(ReadOnlySpan<byte> requests)
    {
        // What a commit ends is known by what was asked before it on this connection.
        if (_marks == OfKamailio && requests.Length < LongestCommit && requests.IndexOf(Commit) >= 0)
        {
            return _last switch
            {
                DrainStep.LockFences or DrainStep.LockNames or DrainStep.WriteAccounts => DrainStep.CommitAccounts,
                DrainStep.Kick => DrainStep.CommitKick,
                DrainStep.LockUnits or DrainStep.WriteUnits => DrainStep.CommitUnits,
                _ => null,
            };
        }

        var start = requests[..Math.Min(requests.Length, Reach)];
        foreach (var (step, text) in _marks)
        {
            if (start.IndexOf(text) >= 0)
                return _last = step;
        }

        return null;
    }

    private static (DrainStep, byte[]) Mark(DrainStep step, string text) => (step, Encoding.ASCII.GetBytes(text));
}
