using MySqlConnector;
using Neolia.Bench.Reporting;
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

    // Spread over all accounts, so that no page holds only registered ones. With a subscriber each, because Kamailio sweeps
    // the contacts of names that have none.
    private static string Register(int from, int to, int step) => $"""
        insert into subscriber (username, domain, ha1, ha1b)
        select concat('a', seq * {step}), 'sip.neolia.app', md5(seq), md5(seq + 1) from seq_{from}_to_{to - 1};
        insert into location (ruid, username, domain, contact, expires, last_modified, callid, cseq, user_agent)
        select concat('r', seq), concat('a', seq * {step}), 'sip.neolia.app', 'sip:a@192.0.2.1:5060', utc_timestamp() + interval 1 hour, utc_timestamp(), 'c', 1, 'panel'
        from seq_{from}_to_{to - 1}
        """;

    // What the timer should have made of it.
    private const string CountWrong = """
        select
          (select count(*) filter (where a.registered and a.last_registration > now() - interval '30 minutes') from public.sip_accounts a),
          (select count(*)
           from public.sites s
           join (
             select b.site_id, count(*) filter (where a.type <> 'mobile') as devices, count(*) filter (where a.type <> 'mobile' and a.registered) as registered
             from public.buildings b join public.units u on u.building_id = b.id join public.sip_accounts a on a.unit_id = u.id
             group by b.site_id
           ) c on c.site_id = s.id
           where s.status <> case when c.registered = 0 then 'offline' when c.registered < c.devices then 'partial' else 'online' end)
        """;

    private int _step;
    private int _next;

    public async Task CreateAsync(int accounts, int registered, CancellationToken cancellationToken)
    {
        await CreateAccountsAsync(accounts, cancellationToken);
        await Step.RunAsync($"{accounts:N0} names in Kamailio's database", () => ExecuteAsync(kamailio, CreateIdentities(accounts), cancellationToken));
        _step = accounts / registered / 2;
        _next = registered;
        await Step.RunAsync($"{registered:N0} contacts", async () =>
        {
            await ExecuteAsync(kamailio, Register(0, registered, _step), cancellationToken);
            await ExecuteAsync(kamailio, "analyze table location, neolia_identity, subscriber", cancellationToken);
        });
    }

    /// <summary>In Supabase alone.</summary>
    public Task CreateAccountsAsync(int accounts, CancellationToken cancellationToken) => Step.RunAsync($"{accounts:N0} accounts in Supabase's database", async () =>
    {
        await ExecuteAsync(supabase, CreateAccounts(accounts), cancellationToken);
        await ExecuteAsync(supabase, "vacuum analyze", cancellationToken);
    });

    /// <summary>A period passes: half of the changes are devices that come, half that go; of the others some refresh, which is no news.</summary>
    public async Task ChangeAsync(int changes, int refreshes, CancellationToken cancellationToken)
    {
        // By the order of their ids: for a list of names MariaDB 10.11 compares each row with each.
        var half = changes / 2;
        await ExecuteAsync(kamailio, $"delete from location order by id limit {half}", cancellationToken);
        await ExecuteAsync(kamailio, Register(_next, _next + half, _step), cancellationToken);
        _next += half;
        await ExecuteAsync(kamailio, $"update location set last_modified = utc_timestamp() order by id limit {refreshes}", cancellationToken);
    }

    /// <summary>The shown times of so many devices lag behind by an hour, as after an hour of refreshing.</summary>
    public Task LagAsync(int devices, CancellationToken cancellationToken) => ExecuteAsync(supabase, $"""
        set session_replication_role = replica;
        update public.sip_accounts set last_registration = last_registration - interval '1 hour'
        where id in (select id from public.sip_accounts where registered order by md5(id::text || {_next}) limit {devices});
        set session_replication_role = origin
        """, cancellationToken);

    /// <summary>Whether the accounts show as many devices as Kamailio holds, no time that lags behind, and each site's status is theirs.</summary>
    public async Task<bool> IsBroughtAsync(int registered, CancellationToken cancellationToken)
    {
        await using var command = supabase.CreateCommand(CountWrong);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetInt64(0), row.GetInt64(1)) == (registered, 0);
    }

    private static async Task ExecuteAsync(System.Data.Common.DbDataSource database, string sql, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
