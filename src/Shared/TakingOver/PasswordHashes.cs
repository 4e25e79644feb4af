using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.TakingOver;

/// <summary>
/// Moves the digests that an earlier version left in <c>sip_accounts.password_hash</c> to where the dashboard can't read
/// them, and empties the column; a trigger keeps it empty. In batches, each a transaction of its own.
/// </summary>
public sealed class PasswordHashes(SupabaseDatabase supabase)
{
    private const int BatchSize = 200;

    private const string MoveNextUnlocked = "select account_id, username, domain, outcome from kamailio_sync.move_password_hashes($1, $2, $3)";
    private const string CountLeft = "select count(*) from public.sip_accounts where password_hash is not null";

    public async Task<PasswordHashReport> RunAsync(bool dryRun, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var report = new PasswordHashReport { DryRun = dryRun };
        for (Guid? after = null; ;)
        {
            var seen = report.Moved + report.Dropped.Count;
            after = await MoveBatchAsync(after, report, cancellationToken);
            if (report.Moved + report.Dropped.Count == seen)
                break;
            progress.Report($"accounts with a value in password_hash: {report.Moved + report.Dropped.Count}");
        }

        if (!dryRun)
            report.Left = await CountLeftAsync(cancellationToken);
        return report;
    }

    private async Task<Guid?> MoveBatchAsync(Guid? after, PasswordHashReport report, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(MoveNextUnlocked, connection);
        command.Parameters.Add(new() { Value = after is { } id ? id : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = BatchSize, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = report.DryRun, NpgsqlDbType = NpgsqlDbType.Boolean });

        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            after = row.GetGuid(0);
            if (row.GetString(3) == "moved")
                report.Moved++;
            else
                report.Dropped.Add(new DroppedHash(new SipName(row.GetString(1), row.GetString(2)), row.GetString(3)));
        }

        return after;
    }

    private async Task<int> CountLeftAsync(CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(CountLeft, connection);
        return (int)(long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}

public sealed class PasswordHashReport
{
    public bool DryRun { get; init; }

    /// <summary>Accounts whose digest is now among the credentials.</summary>
    public int Moved { get; set; }

    public List<DroppedHash> Dropped { get; } = [];

    /// <summary>Accounts that somebody was changing meanwhile.</summary>
    public int Left { get; set; }
}

/// <param name="Reason"><c>empty</c>, <c>malformed</c>, <c>issued</c> or <c>no_credentials</c>.</param>
public sealed record DroppedHash(SipName Name, string Reason)
{
    public string Sentence => Reason switch
    {
        "empty" => "empty text",
        "malformed" => "not the 32 hex digits of a digest",
        "issued" => "the account has credentials that were issued later",
        _ => "the account has no row of credentials under its present name",
    };
}
