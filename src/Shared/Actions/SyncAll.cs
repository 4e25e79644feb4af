using Microsoft.Extensions.Options;
using Neolia.Functions.Applying;
using Neolia.Functions.Draining;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Actions;

/// <summary>
/// <c>sync_all</c>: marks everything that the caller may see as dirty, drains, and says what could not be synced.
/// </summary>
public sealed class SyncAll(SupabaseDatabase supabase, AccountLookup accounts, DirtyMarks marks, DrainRunner drain, IOptions<DrainOptions> options)
{
    private const int MaxErrors = 50;

    private const string ReadUnsynced = """
        select a.username, a.domain, s.last_error
        from public.sip_accounts a join public.sip_account_sync s on s.account_id = a.id
        where s.state in ('failed', 'retrying')
        order by a.username, a.domain
        limit $1
        """;

    // Units have no row in sip_account_sync; what is wrong with one stands only in the queue.
    private const string ReadProblemsOfUnits = """
        select last_error, count(*)
        from kamailio_sync.queue
        where kind = $1 and subject_id = any ($2) and last_error is not null
        group by last_error
        order by last_error
        limit $3
        """;

    public async Task<ActionAnswer> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var subjects = await accounts.ListSubjectsAsync(caller, cancellationToken);

        // Watched from before the first mark: a drain that lingers takes it at once.
        var report = new DrainReport([.. subjects.Where(s => s.Kind == SubjectKind.Account)]);
        using var watching = drain.Watch(report);
        var everythingMarked = await marks.MarkAgainAsync(subjects, options.Value.RequestBudget, cancellationToken);
        var complete = (await drain.DrainAsync(options.Value.RequestBudget, cancellationToken)).Complete && everythingMarked;

        var answer = new ActionAnswer
        {
            AccountsCreated = report.CountOfInterest(Outcome.Created),
            AccountsUpdated = report.CountOfInterest(Outcome.Updated),
            AccountsDeleted = report.CountOfInterest(Outcome.Removed),
        };
        await AddUnsyncedAsync(answer, caller, cancellationToken);
        await AddUnsyncedUnitsAsync(answer, [.. subjects.Where(s => s.Kind == SubjectKind.UnitRules).Select(s => s.Id)], cancellationToken);
        if (!complete && answer.Success)
            answer.Warnings.Add("Not everything is applied yet; the rest goes on in the background.");
        return answer;
    }

    private async Task AddUnsyncedUnitsAsync(ActionAnswer answer, Guid[] units, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ReadProblemsOfUnits, connection);
        command.Parameters.Add(new() { Value = SubjectKind.UnitRules.ToQueueText(), NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = units, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = MaxErrors, NpgsqlDbType = NpgsqlDbType.Integer });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            answer.Errors.Add($"Flats that are not synced: {row.GetInt64(1)}. {row.GetString(0)}");
    }

    private async Task AddUnsyncedAsync(ActionAnswer answer, Caller caller, CancellationToken cancellationToken)
    {
        await using var session = await CallerSession.BeginAsync(supabase, caller, cancellationToken);
        await using var command = session.CreateCommand(ReadUnsynced);
        command.Parameters.Add(new() { Value = MaxErrors + 1, NpgsqlDbType = NpgsqlDbType.Integer });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            answer.Errors.Add(answer.Errors.Count < MaxErrors
                ? $"{row.GetString(0)}@{row.GetString(1)}: {(row.IsDBNull(2) ? "not synced" : row.GetString(2))}"
                : "There are more accounts that could not be synced.");
        }
    }
}
