using Neolia.Functions.Subjects;

namespace Neolia.Functions.Reconciling;

/// <summary>
/// Tells a difference from a change that is on its way. The two databases can't be read in one snapshot, so Supabase is
/// read before and after Kamailio:
/// <list type="bullet">
/// <item>Not queued before: every change committed until then was acknowledged, hence applied, so Kamailio held what
/// Supabase said.</item>
/// <item>The same state, and not queued, after: no change was committed in between (it would show as another state or as
/// a queue row, which goes only with the acknowledge).</item>
/// <item>So whatever Kamailio held in between that is not this state came from neither: from somebody's hand, a restored
/// backup, or a fault.</item>
/// </list>
/// One interleaving is left: a change and its opposite, both applied and acknowledged between the two readings. It costs a
/// mark that changes nothing. What is queued is never missed either: the Drain compares and repairs the real rows.
/// <para>
/// What is parked is left alone: it would fail again. A refused account was applied as far as it can be (its subscriber taken
/// away, for instance) before it was parked, under the version at which it is parked. So where Kamailio holds another version
/// of it one of the databases went back since, and it counts as a difference.
/// </para>
/// </summary>
public sealed class SecondLook(DesiredDigests desired, AppliedDigests applied)
{
    /// <summary>Bounds a look's statements and its memory.</summary>
    public const int MaxSubjects = 400;

    public async Task<SecondLookResult> TakeAsync(IReadOnlyCollection<Subject> subjects, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(subjects.Count, MaxSubjects);
        var before = await desired.ReadAsync(subjects, cancellationToken);
        var there = await applied.ReadAsync(subjects, cancellationToken);
        var fences = await applied.ReadFencesAsync([.. subjects.Where(s => before[s].RefusedAt is not null)], cancellationToken);
        var after = await desired.ReadAsync(subjects, cancellationToken);

        var result = new SecondLookResult();
        foreach (var subject in subjects)
        {
            var (wanted, held) = (after[subject], there.TryGetValue(subject, out var digest) ? digest : (SubjectDigest?)null);
            if (wanted.RefusedAt is { } version && before[subject].RefusedAt == version && fences.GetValueOrDefault(subject) != version)
                result.Differences.Add(Describe(subject, wanted, held) with { Removes = held is { Weight: > 0 } });
            else if (wanted.Parked)
                result.Parked.Add(subject);
            else if (before[subject].Queued || wanted.Queued || before[subject].Digest != wanted.Digest)
                result.OnTheirWay.Add(subject);
            else if (held?.Digest != wanted.Digest)
                result.Differences.Add(Describe(subject, wanted, held));
        }

        return result;
    }

    private static Difference Describe(Subject subject, DesiredLook wanted, SubjectDigest? held) => new(
        subject,
        held is null ? DifferenceKind.Missing : wanted.Digest is null ? DifferenceKind.Orphaned : DifferenceKind.Different,
        Removes: held is { Weight: > 0 } && wanted.Weight == 0);
}

/// <summary>Subjects that agree are in none of the lists.</summary>
public sealed class SecondLookResult
{
    public List<Difference> Differences { get; } = [];

    /// <summary>Queued, or changed during the look: the Drain brings them.</summary>
    public List<Subject> OnTheirWay { get; } = [];

    /// <summary>They can't be synced as they are; the reason stands in <c>sip_account_sync</c> or <c>unit_sync</c>.</summary>
    public List<Subject> Parked { get; } = [];
}
