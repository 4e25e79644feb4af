using Neolia.Functions.Subjects;

namespace Neolia.Functions.Reconciling;

/// <summary>What one side holds of one subject.</summary>
/// <param name="Digest">The sum over the hashes of its lines, as text.</param>
/// <param name="Weight">For accounts the number of subscribers, for units 1; 0 when there is only something left over.</param>
public readonly record struct SubjectDigest(Subject Subject, string Digest, int Weight);
