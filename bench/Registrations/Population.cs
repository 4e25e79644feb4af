using MySqlConnector;
using Npgsql;

namespace Neolia.Bench.Registrations;

/// <summary>Accounts and contacts in both databases as if the sync had brought them, and devices that come, go and refresh.</summary>
internal sealed class Population(NpgsqlDataSource supabase, MySqlDataSource kamailio)
{
    private const int AccountsPerUnit = 4;
    private const int UnitsPerBuilding = 25;

    // Ids that both databases make from a number, in the order of the greatest index; no triggers, because the sync is not
    // what is measured.
    private static string CreateAccounts(int accounts) => $"""
        set session_replication_role = replica;
        set synchronous_commit = off;
        insert into auth.users (id) select md5('u' || i)::uuid from generate_series(0, 99) i;
        insert into public.sites (id, name, user_id)
          select md5('s' || i)::uuid, 's', md5('u' || i % 100)::uuid from generate_series(0, {(accounts / AccountsPerUnit / UnitsPerBuilding) - 1}) i;
        insert into public.buildings (id, site_id, name)
          select md5('b' || i)::uuid, md5('s' || i)::uuid, 'b' from generate_series(0, {(accounts / AccountsPerUnit / UnitsPerBuilding) - 1}) i;
        insert into public.units (id, building_id, number)
          select md5('f' || i)::uuid, md5('b' || i / {UnitsPerBuilding})::uuid, i from generate_series(0, {(accounts / AccountsPerUnit) - 1}) i;
        insert into public.sip_accounts (id, unit_id, username, type)
          select md5('a' || i)::uuid, md5('f' || i / {AccountsPerUnit})::uuid, 'a' || i, case i % 4 when 0 then 'panel' else 'mobile' end
          from generate_series(0, {accounts - 1}) i order by 1;
        set session_replication_role = origin;
        set synchronous_commit = on
        """;

    private static string CreateIdentities(int accounts) => $"""
        insert into neolia_identity (domain, username, account_id, version)
        select 'sip.neolia.app', concat('a', seq), insert(insert(insert(insert(md5(concat('a', seq)), 21, 0, '-'), 17, 0, '-'), 13, 0, '-'), 9, 0, '-'), 1
        from seq_0_to_{accounts - 1} order by 2
        """;

    // Spread over all accounts, so that no page holds only registered ones.
    private static string Register(int from, int to, int step) => $"""
        insert into location (ruid, username, domain, contact, expires, last_modified, callid, cseq, user_agent)
        select concat('r', seq), concat('a', seq * {step}), 'sip.neolia.app', 'sip:a@192.0.2.1:5060', utc_timestamp() + interval 1 hour, utc_timestamp(), 'c', 1, 'panel'
        from seq_{from}_to_{to - 1}
        """;

    private int _step;
    private int _first;
    private int _next;

    public async Task CreateAsync(int accounts, int registered, CancellationToken cancellationToken)
    {
        await CreateAccountsAsync(accounts, cancellationToken);
        await ExecuteAsync(kamailio, CreateIdentities(accounts), cancellationToken);
        _step = accounts / registered / 2;
        _next = registered;
        await ExecuteAsync(kamailio, Register(0, registered, _step), cancellationToken);
        await ExecuteAsync(kamailio, "analyze table location, neolia_identity", cancellationToken);
    }

    /// <summary>In Supabase alone.</summary>
    public async Task CreateAccountsAsync(int accounts, CancellationToken cancellationToken)
    {
        await ExecuteAsync(supabase, CreateAccounts(accounts), cancellationToken);
        await ExecuteAsync(supabase, "vacuum analyze", cancellationToken);
    }

    /// <summary>A period passes: half of the changes are devices that come, half that go; of the others some refresh, which is no news.</summary>
    public async Task ChangeAsync(int changes, int refreshes, CancellationToken cancellationToken)
    {
        var half = changes / 2;
        await ExecuteAsync(kamailio, $"delete from location where ruid in (select concat('r', seq) from seq_{_first}_to_{_first + half - 1})", cancellationToken);
        await ExecuteAsync(kamailio, Register(_next, _next + half, _step), cancellationToken);
        (_first, _next) = (_first + half, _next + half);
        await ExecuteAsync(kamailio, $"""
            update location set last_modified = last_modified + interval 1 second
            where ruid in (select concat('r', seq) from seq_{_next - refreshes}_to_{_next - 1})
            """, cancellationToken);
    }

    /// <summary>The shown times of so many devices lag behind by an hour, as after an hour of refreshing.</summary>
    public Task LagAsync(int devices, CancellationToken cancellationToken) => ExecuteAsync(supabase, $"""
        set session_replication_role = replica;
        update public.sip_accounts set last_registration = last_registration - interval '1 hour'
        where id in (select id from public.sip_accounts where registered order by md5(id::text || {_first}) limit {devices});
        set session_replication_role = origin
        """, cancellationToken);

    /// <summary>Whether the accounts show as many devices as Kamailio holds, and no time that lags behind.</summary>
    public async Task<bool> IsBroughtAsync(int registered, CancellationToken cancellationToken)
    {
        await using var command = supabase.CreateCommand("select count(*) from public.sip_accounts where registered and last_registration > now() - interval '30 minutes'");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! == registered;
    }

    private static async Task ExecuteAsync(System.Data.Common.DbDataSource database, string sql, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
