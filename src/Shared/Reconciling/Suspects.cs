using Neolia.Functions.Subjects;

namespace Neolia.Functions.Reconciling;

/// <summary>
/// What differed when both sides were listed, in chunks for the second look. 20 bytes each and none for what agrees, so
/// that a million of them is 20 MB; what was looked at is let go.
/// </summary>
internal sealed class Suspects
{
    private readonly Queue<List<Subject>> _chunks = new();
    private List<Subject> _last = [];

    /// <summary>Accounts that would lose their subscriber.</summary>
    public long RemovedAccounts { get; private set; }

    public long RemovedUnits { get; private set; }

    public void Add(Subject subject, bool removes)
    {
        if (_last.Count == 0)
            _chunks.Enqueue(_last);
        _last.Add(subject);
        if (_last.Count == SecondLook.MaxSubjects)
            _last = [];

        if (removes && subject.Kind == SubjectKind.Account)
            RemovedAccounts++;
        else if (removes)
            RemovedUnits++;
    }

    /// <summary>Null when there are no more.</summary>
    public IReadOnlyList<Subject>? TakeChunk() => _chunks.TryDequeue(out var chunk) ? chunk : null;
}
