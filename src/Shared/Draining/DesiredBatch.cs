using Neolia.Functions.Reading;

namespace Neolia.Functions.Draining;

/// <summary>What one turn works on.</summary>
internal sealed record DesiredBatch(IReadOnlyList<DesiredAccount> Accounts, IReadOnlyList<DesiredUnit> Units);
