using Neolia.Functions.Reading;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Applying;

/// <param name="Version">The version that was read together with the state that was applied.</param>
/// <param name="State">For an account that exists: what was desired of it.</param>
/// <param name="Problem">Present with <see cref="Outcome.Refused"/> and <see cref="Outcome.Retry"/>.</param>
/// <param name="Fence">With <see cref="Outcome.Superseded"/>: the higher version that Kamailio has seen.</param>
/// <param name="IsFirst">Kamailio had never heard of it: nothing of it can be waiting to be kicked.</param>
public sealed record SubjectResult(
    Subject Subject,
    long Version,
    Outcome Outcome,
    AccountState? State = null,
    Problem? Problem = null,
    long Fence = 0,
    bool IsFirst = false);
