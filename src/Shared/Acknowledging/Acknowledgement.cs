using Neolia.Functions.Applying;
using Neolia.Functions.Claiming;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Acknowledging;

/// <summary>What is written back for a subject, if its version is still the one read.</summary>
/// <param name="Finished">True: the queue row goes. False: it stays for another attempt.</param>
/// <param name="RetryIn">For a row that stays: when it is due again; null parks it until it changes or someone asks again.</param>
/// <param name="State"><c>sip_account_sync.state</c>, or <c>unit_sync.state</c>.</param>
/// <param name="HasCredentials">Null leaves it as it is.</param>
public sealed record Acknowledgement(
    Subject Subject, long Version, bool Finished, TimeSpan? RetryIn, string State, bool? HasCredentials, Problem? Problem)
{
    /// <inheritdoc cref="Lease.Places"/>
    public string? Place { get; init; }

    /// <summary>
    /// False for what is nobody's fault: after an outage of an hour the first trouble of a row of its own must not wait
    /// as long as its thousandth.
    /// </summary>
    public bool Counts => Problem != Applying.Problem.KamailioUnreachable;

    /// <summary>For every outcome but <see cref="Outcome.Superseded"/>, which is never acknowledged (rule M2).</summary>
    public static Acknowledgement Of(SubjectResult result, TimeSpan backoff) => result.Outcome switch
    {
        Outcome.Created or Outcome.Updated or Outcome.Removed or Outcome.Unchanged => new(
            result.Subject, result.Version, Finished: true, RetryIn: null,
            result.State is { Enabled: false } ? "disabled" : "synced", result.State?.Credentials?.Issued, Problem: null),
        Outcome.Refused => new(
            result.Subject, result.Version, Finished: false, RetryIn: null,
            "failed", result.State?.Credentials?.Issued, result.Problem),
        Outcome.Retry => new(
            result.Subject, result.Version, Finished: false, backoff, "retrying", HasCredentials: null, result.Problem),
        _ => throw new ArgumentOutOfRangeException(nameof(result), result.Outcome, "A superseded subject must not be acknowledged."),
    };
}
