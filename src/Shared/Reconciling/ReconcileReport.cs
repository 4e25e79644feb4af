using Neolia.Functions.Subjects;

namespace Neolia.Functions.Reconciling;

/// <summary>What one run found, and did about it.</summary>
public sealed class ReconcileReport
{
    public bool DryRun { get; init; }

    public Restored Restored { get; set; }

    /// <summary>Accounts that have a subscriber in Kamailio, before the repair.</summary>
    public long AccountsInKamailio { get; set; }

    public int BucketsCompared { get; set; }

    /// <summary>Rows of hashes that came from either database.</summary>
    public long RowsFetched { get; set; }

    public DifferenceCounts Accounts { get; } = new();

    public DifferenceCounts Units { get; } = new();

    /// <summary>Changes that are just being applied.</summary>
    public int OnTheirWay { get; set; }

    /// <summary>What can't be synced until it changes; the reasons stand in Supabase.</summary>
    public int Parked { get; set; }

    /// <summary>More than the allowed share would have been removed: nothing was changed. (Where that came out only on the
    /// way, because others were changing both sides, nothing was removed.)</summary>
    public bool Refused { get; set; }

    /// <summary>False when the time was up before everything was marked and applied.</summary>
    public bool Complete { get; set; } = true;

    public long Unmanaged { get; set; }

    /// <summary>Some of the unmanaged subscribers.</summary>
    public IReadOnlyList<SipName> UnmanagedNames { get; set; } = [];

    /// <summary>Contacts without a subscriber that were deleted; in a dry run or a refused one, that are there.</summary>
    public int ContactsSwept { get; set; }

    public TimeSpan Elapsed { get; set; }

    public int Differences => Accounts.Total + Units.Total;

    internal void Add(Difference difference) => (difference.Subject.Kind == SubjectKind.Account ? Accounts : Units).Add(difference);
}

public sealed class DifferenceCounts
{
    private readonly int[] _counts = new int[Enum.GetValues<DifferenceKind>().Length];

    public int Missing => _counts[(int)DifferenceKind.Missing];

    public int Different => _counts[(int)DifferenceKind.Different];

    public int Orphaned => _counts[(int)DifferenceKind.Orphaned];

    public int Total => _counts.Sum();

    /// <summary>How many subscribers, or units, Kamailio would have less.</summary>
    public int Removed { get; private set; }

    internal void Add(Difference difference)
    {
        _counts[(int)difference.Kind]++;
        Removed += difference.Removes ? 1 : 0;
    }
}
