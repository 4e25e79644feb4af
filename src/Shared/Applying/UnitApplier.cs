using System.Diagnostics;
using MySqlConnector;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Reading;
using Neolia.Functions.Telemetry;

namespace Neolia.Functions.Applying;

/// <summary>
/// Makes Kamailio's database what a batch of units desires: where each stands, and its set of call rules as a whole.
/// Fenced like accounts, in one transaction. A unit with a bad rule keeps what was applied before.
/// </summary>
public sealed class UnitApplier(KamailioDatabase kamailio, IReadOnlySet<string> servedDomains)
{
    private const int MaxRulesInCommand = 500;

    public async Task<IReadOnlyList<SubjectResult>> ApplyAsync(IReadOnlyList<DesiredUnit> batch, CancellationToken cancellationToken)
    {
        var ids = batch.Select(u => u.Id).Order().ToList();
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        var targets = await AllowedTargets.ReadAsync(connection, servedDomains, batch, cancellationToken);
        await LockableRows.CreateMissingUnitsAsync(connection, ids, cancellationToken);

        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken);
        var fences = await LockFencesAsync(connection, transaction, ids, cancellationToken);

        var results = batch.Select(unit => Judge(unit, fences[unit.Id], targets)).ToList();
        var current = batch.Where((_, i) => results[i].Outcome is not (Outcome.Superseded or Outcome.Refused or Outcome.Retry)).OrderBy(u => u.Id).ToList();
        if (current.Count > 0)
            await WriteAsync(connection, transaction, current, cancellationToken);
        using (Spans.Step("mysql.commit", ActivityKind.Client))
            await transaction.CommitAsync(CancellationToken.None);
        return results;
    }

    private static SubjectResult Judge(DesiredUnit unit, (long Version, bool Deleted) fence, AllowedTargets targets)
    {
        if (fence.Version > unit.Version)
            return new SubjectResult(unit.Subject, unit.Version, Outcome.Superseded, Fence: fence.Version);
        if (unit.State is { } state && UnitCheck.Find(state, targets) is { } problem)
            return new SubjectResult(unit.Subject, unit.Version, problem == RuleProblem.TargetsUnreadable ? Outcome.Retry : Outcome.Refused, Problem: problem);
        var outcome = unit.State is null
            ? fence.Deleted || fence.Version == 0 ? Outcome.Unchanged : Outcome.Removed
            : fence.Version == 0 ? Outcome.Created : Outcome.Updated;
        return new SubjectResult(unit.Subject, unit.Version, outcome);
    }

    private static async Task<Dictionary<Guid, (long Version, bool Deleted)>> LockFencesAsync(
        MySqlConnection connection, MySqlTransaction transaction, List<Guid> ids, CancellationToken cancellationToken)
    {
        var fences = new Dictionary<Guid, (long, bool)>();
        await using var command = new Statement()
            .Append("select unit_id, version, deleted from neolia_unit force index (primary) where unit_id in (")
            .AppendValues(ids).Append(") order by unit_id for update").On(connection, transaction);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            fences[row.GetGuid(0)] = (row.GetInt64(1), row.GetBoolean(2));
        return fences;
    }

    private static async Task WriteAsync(
        MySqlConnection connection, MySqlTransaction transaction, List<DesiredUnit> units, CancellationToken cancellationToken)
    {
        var write = new Statement()
            .Append("delete from neolia_call_rule where unit_id in (").AppendValues(units.Select(u => u.Id)).Append(");\n");

        // A full chunk goes out by itself: one command with all the rules that a user may have made could outgrow the
        // server's greatest packet.
        var rules = units.SelectMany(u => (u.State?.Rules ?? []).OrderBy(r => r.Id).Select(r => (Unit: u.Id, Rule: r)));
        foreach (var chunk in rules.Chunk(MaxRulesInCommand))
        {
            write.Append("insert into neolia_call_rule (unit_id, rule_id, priority, source_like, action, target_uri) values ")
                .AppendRows(chunk, r =>
                    [r.Unit, r.Rule.Id, r.Rule.Priority, SourcePattern.ToLike(r.Rule.SourcePattern), r.Rule.Action, r.Rule.TargetSipUri])
                .Append(";\n");
            if (chunk.Length == MaxRulesInCommand)
            {
                await ExecuteAsync(write, connection, transaction, cancellationToken);
                write = new Statement();
            }
        }

        write.Append("insert into neolia_unit (unit_id, version, site_id, building_id, number, deleted, applied_at) values ")
            .AppendRows(units, u => [u.Id, u.Version, u.State?.SiteId, u.State?.BuildingId, u.State?.Number, u.State is null, DateTime.UtcNow])
            .Append("""
                 on duplicate key update version = values(version), site_id = values(site_id), building_id = values(building_id),
                number = values(number), deleted = values(deleted), applied_at = values(applied_at);

                """)
            .AppendProgress(units.Max(u => u.Version));

        await ExecuteAsync(write, connection, transaction, cancellationToken);
    }

    private static async Task ExecuteAsync(Statement write, MySqlConnection connection, MySqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = write.On(connection, transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
