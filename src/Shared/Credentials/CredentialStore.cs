using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Credentials;

/// <summary>Stores digests; the trigger on the table marks the account dirty in the same transaction.</summary>
public sealed class CredentialStore(SupabaseDatabase supabase)
{
    // Digests are bound to a name: one that changed since it was read must not get them.
    private const string StoreDigestsOfUnchangedName = """
        update kamailio_sync.credentials
        set ha1 = $1, ha1b = $2, issued_at = now(), updated_at = now()
        where account_id = $3 and username = $4 and domain = $5 and realm = $5 and ($6 or issued_at is null)
        """;

    private const string ReadIssued = """
        select issued_at is not null from kamailio_sync.credentials where account_id = $1 and username = $2 and domain = $3
        """;

    /// <param name="replace">False leaves an account that has credentials as it is.</param>
    public async Task<StoreOutcome> StoreAsync(
        Caller caller, Guid accountId, SipName name, Digests digests, bool replace, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (await UpdateAsync(connection, caller, accountId, name, digests, replace, cancellationToken))
                    return StoreOutcome.Stored;
                return await HasIssuedAsync(connection, accountId, name, cancellationToken) ? StoreOutcome.AlreadyIssued : StoreOutcome.NameChanged;
            }
            catch (PostgresException exception) when (attempt < GivingWay.Attempts && GivingWay.Gave(exception))
            {
            }
        }
    }

    private static async Task<bool> UpdateAsync(
        NpgsqlConnection connection, Caller caller, Guid accountId, SipName name, Digests digests, bool replace, CancellationToken cancellationToken)
    {
        await using var transaction = await GivingWay.BeginAsync(connection, caller, cancellationToken);
        var updated = await WriteAsync(transaction, accountId, name, digests, replace, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return updated;
    }

    /// <summary>Within somebody's transaction. False: the account was renamed or deleted, or has credentials that were not to be replaced.</summary>
    internal static async Task<bool> WriteAsync(
        NpgsqlTransaction transaction, Guid accountId, SipName name, Digests digests, bool replace, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(StoreDigestsOfUnchangedName, transaction.Connection, transaction);
        command.Parameters.Add(new() { Value = digests.Ha1, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = digests.Ha1b, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = accountId, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = name.Username, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = name.Domain, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = replace, NpgsqlDbType = NpgsqlDbType.Boolean });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private static async Task<bool> HasIssuedAsync(NpgsqlConnection connection, Guid accountId, SipName name, CancellationToken cancellationToken)
    {
        await using var read = new NpgsqlCommand(ReadIssued, connection);
        read.Parameters.Add(new() { Value = accountId, NpgsqlDbType = NpgsqlDbType.Uuid });
        read.Parameters.Add(new() { Value = name.Username, NpgsqlDbType = NpgsqlDbType.Text });
        read.Parameters.Add(new() { Value = name.Domain, NpgsqlDbType = NpgsqlDbType.Text });
        return await read.ExecuteScalarAsync(cancellationToken) is true;
    }
}

public enum StoreOutcome
{
    Stored,

    /// <summary>The account has credentials, and they were not to be replaced.</summary>
    AlreadyIssued,

    /// <summary>The account was renamed or deleted since its name was read.</summary>
    NameChanged,
}
