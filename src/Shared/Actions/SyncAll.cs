using System.Diagnostics;
using Microsoft.Extensions.Options;
using Neolia.Functions.Applying;
using Neolia.Functions.Draining;
using Neolia.Functions.Reconciling;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Neolia.Functions.Wording;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Actions;

/// <summary>
/// <c>sync_all</c>: compares everything that the caller may see, marks what differs or waits as dirty, drains, and says
/// what could not be synced.
/// </summary>
public sealed class SyncAll(
    SupabaseDatabase supabase, AccountLookup accounts, AmbiguousNumbers numbers, SecondLook secondLook, DirtyMarks marks, DrainRunner drain,
    QueueWatch queue, IOptions<DrainOptions> options)
{
    private const int MaxErrors = 50;

    private const string ReadUnsynced = """
        select a.username, a.domain, s.last_error, public.intercom_explanation(s.error_code, 'fr')
        from public.sip_accounts a join public.sip_account_sync s on s.account_id = a.id
        where s.state in ('failed', 'retrying')
        order by a.username, a.domain
        limit $1
        """;

    private const string ReadUnsyncedUnits = """
        select u.number, b.name, s.last_error, public.intercom_explanation(s.error_code, 'fr', s.error_about)
        from public.units u
        join public.buildings b on b.id = u.building_id
        join public.unit_sync s on s.unit_id = u.id
        where s.state in ('failed', 'retrying')
        order by b.name, u.number
        limit $1
        """;

    private static readonly Sentence NotEverything = new(
        "Not everything is applied yet; the rest goes on in the background.",
        "Tout n'est pas encore appliqué ; la suite se fait en arrière-plan.");

    private static readonly Sentence ThereIsMore = new(
        "There is more that could not be synced.",
        "D'autres éléments n'ont pas pu être synchronisés.");

    private static readonly Sentence NotSynced = new("not synced", "non synchronisé");

    public async Task<ActionAnswer> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var subjects = await accounts.ListSubjectsAsync(caller, cancellationToken);

        // Watched from before the first mark: a drain that lingers takes it at once.
        var report = new DrainReport([.. subjects.Where(s => s.Kind == SubjectKind.Account)]);
        using var watching = drain.Watch(report);
        var everythingMarked = await MarkDifferingAsync(subjects, cancellationToken);
        var complete = await queue.DrainUntilNoneIsDueAsync(subjects, options.Value.RequestBudget, cancellationToken) && everythingMarked;

        var answer = new ActionAnswer
        {
            AccountsCreated = report.CountOfInterest(Outcome.Created),
            AccountsUpdated = report.CountOfInterest(Outcome.Updated),
            AccountsDeleted = report.CountOfInterest(Outcome.Removed),
        };
        await AddUnsyncedAsync(answer, caller, cancellationToken);
        answer.Warnings.AddRange(await numbers.ReadAsync(caller, cancellationToken));
        if (!complete && answer.Success)
            answer.Warnings.Add(NotEverything);
        return answer;
    }

    /// <summary>False when the time was up before everything was marked.</summary>
    private async Task<bool> MarkDifferingAsync(IReadOnlyList<Subject> subjects, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var comparable = true;
        foreach (var batch in subjects.Chunk(SecondLook.MaxSubjects))
        {
            IReadOnlyList<Subject>? differing = null;
            if (comparable)
                comparable = (differing = await FindDifferingAsync(batch, cancellationToken)) is not null;

            // What Kamailio's database holds can't be seen now: all of it waits, and its state says why.
            var left = options.Value.RequestBudget - Stopwatch.GetElapsedTime(started);
            if (left <= TimeSpan.Zero || !await marks.MarkAgainAsync(differing ?? batch, left, cancellationToken))
                return false;
        }

        return true;
    }

    /// <summary>Null when Kamailio's database is out of reach.</summary>
    private async Task<IReadOnlyList<Subject>?> FindDifferingAsync(Subject[] batch, CancellationToken cancellationToken)
    {
        try
        {
            var look = await secondLook.TakeAsync(batch, cancellationToken);
            return [.. look.Differences.Select(d => d.Subject), .. look.OnTheirWay, .. look.Parked];
        }
        catch (Exception exception) when (FailureClassifier.Classify(exception) == FailureClass.Outage)
        {
            return null;
        }
    }

    private async Task AddUnsyncedAsync(ActionAnswer answer, Caller caller, CancellationToken cancellationToken)
    {
        await using var session = await CallerSession.BeginAsync(supabase, caller, cancellationToken);
        await AddAsync(ReadUnsynced, row => new Sentence($"{row.GetString(0)}@{row.GetString(1)}: ", $"{row.GetString(0)}@{row.GetString(1)} : "));
        await AddAsync(ReadUnsyncedUnits, row => new Sentence($"Flat {row.GetString(0)} ({row.GetString(1)}): ", $"Logement {row.GetString(0)} ({row.GetString(1)}) : "));

        async Task AddAsync(string sql, Func<NpgsqlDataReader, Sentence> name)
        {
            await using var command = session.CreateCommand(sql);
            command.Parameters.Add(new() { Value = MaxErrors + 1, NpgsqlDbType = NpgsqlDbType.Integer });
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (answer.Errors.Count <= MaxErrors && await row.ReadAsync(cancellationToken))
            {
                answer.Errors.Add(answer.Errors.Count < MaxErrors ? name(row) + Error(row) : ThereIsMore);
            }
        }
    }

    /// <summary>The sync's own sentence names the values; where one is not known in French, it is better than none.</summary>
    private static Sentence Error(NpgsqlDataReader row) =>
        row.IsDBNull(2) ? NotSynced : new Sentence(row.GetString(2), row.GetString(row.IsDBNull(3) ? 2 : 3));
}
