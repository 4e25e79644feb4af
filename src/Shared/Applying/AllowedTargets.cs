using MySqlConnector;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Reading;

namespace Neolia.Functions.Applying;

/// <summary>
/// Which targets of a batch's call rules calls may be sent to: the served domains, and what the operator lists in
/// <c>neolia_forward_target</c>. Kamailio asks the same list again at every call, so an entry that goes takes effect at
/// once, whatever was applied before.
/// </summary>
/// <param name="Listed">Of the foreign targets of the batch, those on the list; null when it can't be read.</param>
public sealed record AllowedTargets(IReadOnlySet<string> ServedDomains, IReadOnlySet<string>? Listed)
{
    private const int MaxUrisInQuery = 500;

    /// <summary>Null when calls may go there.</summary>
    public Problem? Objection(CallRule rule, RuleTarget target) => (ServedDomains.Contains(target.Place), Listed) switch
    {
        (true, _) => null,
        (_, null) => RuleProblem.TargetsUnreadable,
        (_, { } listed) => listed.Contains(target.Uri) || listed.Contains(target.Everybody) ? null : RuleProblem.TargetNotAllowed(rule),
    };

    public static async Task<AllowedTargets> ReadAsync(
        MySqlConnection connection, IReadOnlySet<string> servedDomains, IReadOnlyList<DesiredUnit> batch, CancellationToken cancellationToken)
    {
        var foreign = batch
            .SelectMany(u => u.State?.Rules ?? [])
            .Select(r => r.TargetSipUri is { } uri ? RuleTarget.Parse(uri) : null)
            .OfType<RuleTarget>()
            .Where(t => !servedDomains.Contains(t.Place))
            .SelectMany(t => (string[])[t.Uri, t.Everybody])
            .ToHashSet(StringComparer.Ordinal);
        return new AllowedTargets(servedDomains, await ReadListedAsync(connection, foreign, cancellationToken));
    }

    private static async Task<IReadOnlySet<string>?> ReadListedAsync(
        MySqlConnection connection, IReadOnlySet<string> uris, CancellationToken cancellationToken)
    {
        var listed = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (var chunk in uris.Chunk(MaxUrisInQuery))
            {
                await using var command = new Statement()
                    .Append("select uri from neolia_forward_target where uri in (").AppendValues(chunk).Append(")").On(connection);
                await using var row = await command.ExecuteReaderAsync(cancellationToken);
                while (await row.ReadAsync(cancellationToken))
                    listed.Add(row.GetString(0));
            }
        }
        catch (MySqlException exception) when (exception.ErrorCode is MySqlErrorCode.NoSuchTable or MySqlErrorCode.TableAccessDenied)
        {
            // A database set up before there was a list. Taken for the outage that it is elsewhere, one user's rule would
            // stop the drain for everybody (invariant I5).
            return null;
        }

        return listed;
    }
}
