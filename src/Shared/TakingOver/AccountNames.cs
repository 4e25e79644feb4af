using Neolia.Functions.Credentials;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.TakingOver;

/// <summary>Finds accounts by the names that subscribers have.</summary>
public sealed class AccountNames(SupabaseDatabase supabase)
{
    private const string FindByName = "select id, enabled from public.sip_accounts where username = $1 and domain = $2";

    private const string FindThoseWithAccount = """
        select a.username, a.domain
        from unnest($1, $2) as n (username, domain)
        join public.sip_accounts a on a.username = n.username and a.domain = n.domain
        """;

    // An adoption that died after its handover leaves such an account, and no guest any more.
    private const string ListNameInUse = """
        select a.username, a.domain
        from public.sip_account_sync s join public.sip_accounts a on a.id = s.account_id
        where s.error_code = 'name_in_use'
        """;

    // One statement, one snapshot (rule P4): at this version the account has this name and these digests.
    private const string ReadVersionOfState = """
        select q.version
        from kamailio_sync.queue q
        join public.sip_accounts a on a.id = q.subject_id
        join kamailio_sync.credentials c on c.account_id = a.id
        where q.kind = 'account' and q.subject_id = $1
          and a.username = $2 and a.domain = $3 and a.enabled
          and (c.username, c.domain, c.realm, c.ha1, c.ha1b) = ($2, $3, $3, $4, $5)
        """;

    private const string IsSynced = """
        select exists (select from public.sip_account_sync where account_id = $1 and state = 'synced')
          and not exists (select from kamailio_sync.queue where kind = 'account' and subject_id = $1)
        """;

    internal async Task<(Guid Id, bool Enabled)?> FindAsync(SipName name, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(FindByName, connection);
        Add(command, name);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? (row.GetGuid(0), row.GetBoolean(1)) : null;
    }

    /// <summary>Those of the names that an account has, written in lower case.</summary>
    internal async Task<List<SipName>> FilterAsync(IReadOnlyList<SipName> names, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(FindThoseWithAccount, connection);
        command.AddArray(names, n => Canonical(n.Username), NpgsqlDbType.Text);
        command.AddArray(names, n => Canonical(n.Domain), NpgsqlDbType.Text);
        return await ReadNamesAsync(command, cancellationToken);
    }

    internal async Task<List<SipName>> ListNameInUseAsync(CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ListNameInUse, connection);
        return await ReadNamesAsync(command, cancellationToken);
    }

    /// <summary>The version at which the account has this name and these digests; null when it is not queued with them.</summary>
    internal async Task<long?> ReadVersionAsync(Guid accountId, SipName name, Digests digests, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ReadVersionOfState, connection);
        command.Parameters.Add(new() { Value = accountId, NpgsqlDbType = NpgsqlDbType.Uuid });
        Add(command, name);
        command.Parameters.Add(new() { Value = digests.Ha1, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = digests.Ha1b, NpgsqlDbType = NpgsqlDbType.Text });
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }

    /// <summary>Nothing of the account waits to be applied.</summary>
    internal async Task<bool> IsSyncedAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(IsSynced, connection);
        command.Parameters.Add(new() { Value = accountId, NpgsqlDbType = NpgsqlDbType.Uuid });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static string Canonical(string text) => text.Trim().ToLowerInvariant();

    private static void Add(NpgsqlCommand command, SipName name)
    {
        command.Parameters.Add(new() { Value = name.Username, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = name.Domain, NpgsqlDbType = NpgsqlDbType.Text });
    }

    private static async Task<List<SipName>> ReadNamesAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var names = new List<SipName>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            names.Add(new SipName(row.GetString(0), row.GetString(1)));
        return names;
    }
}
