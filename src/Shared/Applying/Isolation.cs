using MySqlConnector;
using Neolia.Functions.Subjects;
using Neolia.Functions.Telemetry;

namespace Neolia.Functions.Applying;

/// <summary>
/// Applies a batch so that one bad row never stops the others (invariant I5): a batch that fails is split until the
/// bad row stands alone. An outage is not split: nothing would go through.
/// </summary>
public static class Isolation
{
    private const int ContentionRetries = 3;

    public static async Task<IReadOnlyList<SubjectResult>> ApplyAsync<T>(
        IReadOnlyList<T> batch,
        Func<IReadOnlyList<T>, CancellationToken, Task<IReadOnlyList<SubjectResult>>> apply,
        Func<T, (Subject Subject, long Version)> identify,
        Patience patience,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await apply(batch, cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                var failure = FailureClassifier.Classify(exception);
                Measures.Failed(failure);
                if (failure == FailureClass.Outage)
                    throw new KamailioOutageException(exception);
                if (failure == FailureClass.Contention && attempt < ContentionRetries && !WaitedForLock(exception))
                    continue;
                if (batch.Count == 1 || (WaitedForLock(exception) && patience.IsOver))
                    return [.. batch.Select(row => Alone(identify(row), failure, exception))];

                var half = batch.Count / 2;
                var first = await ApplyAsync(batch.Take(half).ToList(), apply, identify, patience, cancellationToken);
                var second = await ApplyAsync(batch.Skip(half).ToList(), apply, identify, patience, cancellationToken);
                return [.. first, .. second];
            }
        }
    }

    // Whoever held the lock for the whole time-out may hold it longer: find out which row it is instead of waiting again.
    private static bool WaitedForLock(Exception exception) => exception is MySqlException { ErrorCode: MySqlErrorCode.LockWaitTimeout };

    private static SubjectResult Alone((Subject Subject, long Version) row, FailureClass failure, Exception exception) => failure switch
    {
        FailureClass.BadRow => new(row.Subject, row.Version, Outcome.Refused, Problem: Problem.NotStorable(Reason(exception))),
        FailureClass.Contention when exception is MySqlException { ErrorCode: MySqlErrorCode.DuplicateKeyEntry } =>
            new(row.Subject, row.Version, Outcome.Retry, Problem: Problem.NameConflict),
        FailureClass.Contention => new(row.Subject, row.Version, Outcome.Retry, Problem: Problem.KamailioBusy),
        _ => new(row.Subject, row.Version, Outcome.Retry, Problem: Problem.Unexpected(Reason(exception))),
    };

    /// <summary>
    /// The server's text can quote the values of a statement, and digests are among them: only its number goes on.
    /// </summary>
    private static string Reason(Exception exception) => exception is MySqlException mysql
        ? $"{mysql.ErrorCode} ({(int)mysql.ErrorCode})"
        : exception.GetType().Name;
}
