using Neolia.Functions.Subjects;

namespace Neolia.Functions.Claiming;

/// <summary>Subjects that one turn of one worker works on, and the id that stands in their queue rows meanwhile.</summary>
public sealed record Lease(Guid Id, IReadOnlyList<Subject> Subjects)
{
    /// <summary>
    /// Where their rows stood in the queue's table when they were claimed (ctid, with which a row is found without an
    /// index). A hint: whoever uses it looks whether the row is the one, and by its key where it isn't.
    /// </summary>
    public IReadOnlyDictionary<Subject, string> Places { get; init; } = new Dictionary<Subject, string>();

    public string? PlaceOf(Subject subject) => Places.GetValueOrDefault(subject);
}
