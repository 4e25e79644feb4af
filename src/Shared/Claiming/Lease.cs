using Neolia.Functions.Subjects;

namespace Neolia.Functions.Claiming;

/// <summary>Subjects that one turn of one worker works on, and the id that stands in their queue rows meanwhile.</summary>
public sealed record Lease(Guid Id, IReadOnlyList<Subject> Subjects);
