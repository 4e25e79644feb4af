namespace Neolia.Functions.Subjects;

/// <summary>What is synced as one and marked dirty as one: a row of <c>kamailio_sync.queue</c> names it.</summary>
public readonly record struct Subject(SubjectKind Kind, Guid Id)
{
    public override string ToString() => $"{Kind.ToQueueText()} {Id}";
}
