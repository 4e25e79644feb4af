using MySqlConnector;
using Neolia.LocalStack.MariaDb;

namespace Neolia.Bench.Kamailio;

/// <summary>
/// So many accounts in Kamailio's tables as the sync writes them: residences of ten buildings with nine flats each, a
/// panel in every flat and a station at every door, two call rules in every flat.
/// </summary>
internal sealed class Population
{
    public const string Domain = "sip.neolia.app";
    public const int PerSite = 100;

    // The plain example reads its contacts from a table of its own, phones: each server sends from its own socket.
    // Account n is of site n/100 and building (n/10)%10; the tenth of a building is its station, the others are panels.
    private const string Fill = """
        create table phones like location;
        insert into version (table_name, table_version) select 'phones', table_version from version where table_name = 'location';
        set session unique_checks = 0, foreign_key_checks = 0;
        insert into subscriber (username, domain, ha1, ha1b)
        select name, @domain, md5(concat(name, ':', @domain, ':', @password)), md5(concat(name, '@', @domain, ':', @domain, ':', @password))
        from (select if(seq % 10 = 9, concat('intercom-', seq), concat('panel-', seq)) as name from seq_0_to_{LAST}) as account;
        insert into neolia_account (account_id, version, unit_id, type, extension, deleted, applied_at)
        select insert('00000000-0000-4000-8000-000000000000', 25, 12, lpad(seq, 12, '0')), 1,
          insert('00000000-0000-4000-8001-000000000000', 25, 12, lpad(seq, 12, '0')), if(seq % 10 = 9, 'station', 'panel'), null, 0, now(6)
        from seq_0_to_{LAST};
        insert into neolia_identity (domain, username, account_id, version)
        select @domain, if(seq % 10 = 9, concat('intercom-', seq), concat('panel-', seq)),
          insert('00000000-0000-4000-8000-000000000000', 25, 12, lpad(seq, 12, '0')), 1
        from seq_0_to_{LAST};
        insert into neolia_unit (unit_id, version, site_id, building_id, number, deleted, applied_at)
        select insert('00000000-0000-4000-8001-000000000000', 25, 12, lpad(seq, 12, '0')), 1,
          insert('00000000-0000-4000-8002-000000000000', 25, 12, lpad(seq div 100, 12, '0')),
          insert('00000000-0000-4000-8003-000000000000', 25, 12, lpad(seq div 10, 12, '0')),
          if(seq % 10 = 9, 'porte', concat('40', seq % 10)), 0, now(6)
        from seq_0_to_{LAST};
        insert into neolia_call_rule (unit_id, rule_id, priority, source_like, action, target_uri)
        select insert('00000000-0000-4000-8001-000000000000', 25, 12, lpad(seq, 12, '0')),
          insert('00000000-0000-4000-8004-000000000000', 25, 12, lpad(seq, 12, '0')), 20, 'concierge-%', 'reject', null
        from seq_0_to_{LAST} where seq % 10 <> 9
        union all
        select insert('00000000-0000-4000-8001-000000000000', 25, 12, lpad(seq, 12, '0')),
          insert('00000000-0000-4000-8005-000000000000', 25, 12, lpad(seq, 12, '0')), 10, 'intercom-%', 'ring', null
        from seq_0_to_{LAST} where seq % 10 <> 9;
        analyze table subscriber, neolia_account, neolia_identity, neolia_unit, neolia_call_rule;
        """;

    private const string RegisterEverybody = """
        truncate table {TABLE};
        insert into {TABLE} (ruid, username, domain, contact, received, expires, q, callid, cseq, last_modified, user_agent, socket, server_id)
        select concat('bench-', seq), name, @domain, concat('sip:', name, '@127.0.0.1:{PHONES}'), 'sip:127.0.0.1:{PHONES}',
          now() + interval 1 day, -1, concat('bench-', seq), 1, now(), 'bench', 'udp:127.0.0.1:{SERVER}', 0
        from (select seq, if(seq % 10 = 9, concat('intercom-', seq), concat('panel-', seq)) as name from seq_0_to_{LAST}) as account;
        analyze table {TABLE};
        """;

    private readonly KamailioDatabase _database;
    private readonly string _password;
    private readonly int _accounts;

    private Population(KamailioDatabase database, string password, int accounts)
    {
        _database = database;
        _password = password;
        _accounts = accounts;
    }

    public static async Task<Population> CreateAsync(KamailioDatabase database, string password, int accounts, CancellationToken cancellationToken)
    {
        var population = new Population(database, password, accounts);
        await population.ExecuteAsync(Fill, cancellationToken);
        return population;
    }

    /// <summary>Nobody has a contact.</summary>
    public Task ForgetContactsAsync(CancellationToken cancellationToken) => ExecuteAsync("truncate table location", cancellationToken);

    /// <summary>Everybody has one contact in this table, at one port for all, registered with one server.</summary>
    public Task RegisterEverybodyAsync(string table, int phones, int server, CancellationToken cancellationToken) => ExecuteAsync(
        RegisterEverybody
            .Replace("{TABLE}", table, StringComparison.Ordinal)
            .Replace("{PHONES}", $"{phones}", StringComparison.Ordinal)
            .Replace("{SERVER}", $"{server}", StringComparison.Ordinal),
        cancellationToken);

    /// <summary>Values for register.xml: accounts spread over all of them, no two alike as long as there are enough.</summary>
    public IReadOnlyList<string> Registrations(int lines) => [.. Spread(lines).Select(n => $"{NameOf(n)};{Authentication(NameOf(n))}")];

    /// <summary>Values for invite.xml: every station calls a flat of its own building by the flat's number.</summary>
    public IReadOnlyList<string> CallsByNumber(int lines) => Calls(lines, flat => $"40{flat % 10}");

    /// <summary>Values for invite.xml: the same calls, by the name of the flat's panel.</summary>
    public IReadOnlyList<string> CallsByName(int lines) => Calls(lines, NameOf);

    private List<string> Calls(int lines, Func<int, string> dialled) =>
    [
        .. Spread(lines).Select((n, i) =>
        {
            var (station, flat) = (n / 10 * 10 + 9, n / 10 * 10 + i % 9);
            return $"{NameOf(station)};{dialled(flat)};{Authentication(NameOf(station))}";
        }),
    ];

    // Steps of a golden section visit the accounts evenly and in no order that an index has.
    private IEnumerable<int> Spread(int lines) => Enumerable.Range(0, lines).Select(i => (int)(i * 0.6180339887498949 % 1 * _accounts));

    private static string NameOf(int n) => n % 10 == 9 ? $"intercom-{n}" : $"panel-{n}";

    private string Authentication(string name) => $"[authentication username={name} password={_password}]";

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        // A million rows take longer than the usual limit.
        await using var connection = new MySqlConnection(_database.RootConnectionString + ";AllowUserVariables=true;Pooling=false;DefaultCommandTimeout=0");
        await connection.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(
            $"set @domain = '{Domain}', @password = '{_password}';\n" + sql.Replace("{LAST}", $"{_accounts - 1}", StringComparison.Ordinal), connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
