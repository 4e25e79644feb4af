using Neolia.Functions.Applying;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Acknowledging;

/// <summary>What the model of the protocol stands in for.</summary>
internal interface IVersionRenewal
{
    Task<int> RenewAsync(IReadOnlyList<SubjectResult> superseded, CancellationToken cancellationToken);
}

/// <summary>
/// Rule M2. Kamailio has seen a higher version of a subject than its queue row has. If the row still has the version
/// that was read, no newer change explains that: Postgres went back in time (a restored backup), or another account
/// held the name. The row gets a fresh version above the fence and is due again, instead of being acknowledged.
/// </summary>
public sealed class VersionRenewal(SupabaseDatabase supabase) : IVersionRenewal
{
    private const string RenewUnchangedVersions = "select kamailio_sync.renew($1, $2, $3, $4)";

    /// <summary>Answers how many rows still had the version read, and got a fresh one.</summary>
    public async Task<int> RenewAsync(IReadOnlyList<SubjectResult> superseded, CancellationToken cancellationToken)
    {
        var fence = superseded.Max(r => r.Fence);
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await RestoreNote.WriteAsync(connection, fence, cancellationToken);
        await using var command = new NpgsqlCommand(RenewUnchangedVersions, connection);
        command.AddSubjects([.. superseded.Select(r => r.Subject)]);
        command.AddArray(superseded, r => r.Version, NpgsqlDbType.Bigint);
        command.Parameters.Add(new() { Value = fence, NpgsqlDbType = NpgsqlDbType.Bigint });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
