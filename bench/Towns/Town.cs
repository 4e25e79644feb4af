using System.Diagnostics;
using MySqlConnector;
using Neolia.LocalStack;
using Npgsql;

namespace Neolia.Bench.Towns;

/// <summary>
/// Residences by the thousand: sites of 200 flats with a panel and a mobile each, and what it takes to let the same
/// accounts come to Kamailio for the first time again and again.
/// </summary>
internal sealed class Town(Stack stack, NpgsqlDataSource supabase, MySqlDataSource kamailio)
{
    private const int RowsInStatement = 100_000;

    private const string CreateSites = """
        with owner as (
          insert into auth.users (id) values (gen_random_uuid()) returning id
        ), site as (
          insert into public.sites (name, user_id) select 'Residence ' || n, id from owner, generate_series(1, $1) n returning id
        ), building as (
          insert into public.buildings (site_id, name) select id, 'A' from site returning id
        )
        insert into public.units (building_id, number)
        select building.id, n::text from building, generate_series(1, 200) n
        """;

    private const string CreateAccounts = """
        with flat as (
          select id, row_number() over (order by id) as n from public.units order by id limit ($1 + 1) / 2 offset $2 / 2
        )
        insert into public.sip_accounts (unit_id, username, type)
        select flat.id, t.type || ($2 + flat.n), t.type from flat, (values ('panel'), ('mobile')) t (type) limit $1
        """;

    private const string MarkAccounts = """
        select kamailio_sync.mark('account', array(select id from public.sip_accounts order by username limit $1))
        """;

    private const string ReadLastInLine = """
        select (select subject_id from kamailio_sync.queue where next_attempt_at < 'infinity' order by next_attempt_at desc, subject_id desc limit 1)
        """;

    public NpgsqlDataSource Supabase => supabase;

    public MySqlDataSource Kamailio => kamailio;

    public Stack Stack => stack;

    /// <summary>Inserts the accounts through all triggers. No app may be running.</summary>
    public async Task BuildAsync(int accounts, CancellationToken cancellationToken)
    {
        await ExecuteAsync(CreateSites, cancellationToken, (accounts + 399) / 400);
        for (var made = 0; made < accounts; made += RowsInStatement)
            await ExecuteAsync(CreateAccounts, cancellationToken, Math.Min(RowsInStatement, accounts - made), made);
    }

    /// <summary>Nothing is queued, and Kamailio has never heard of any account. Both databases are vacuumed.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        // Nobody registered: each site is offline as it says, and to find that out is not the drain's work.
        await ExecuteAsync("truncate kamailio_sync.queue, kamailio_sync.stale_status", cancellationToken);
        await ForgetKamailioAsync(cancellationToken);
        await using var superuser = new NpgsqlConnection(stack.Postgres.SuperuserConnectionString(stack.Project.Database) + ";Pooling=false;Command Timeout=0");
        await superuser.OpenAsync(cancellationToken);
        foreach (var statement in (string[])["vacuum (analyze) public.sip_accounts, public.sip_account_sync, kamailio_sync.credentials, kamailio_sync.queue", "checkpoint"])
        {
            await using var command = new NpgsqlCommand(statement, superuser);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public async Task ForgetKamailioAsync(CancellationToken cancellationToken)
    {
        foreach (var table in (string[])["subscriber", "location", "neolia_account", "neolia_identity", "neolia_kick", "neolia_unit", "neolia_call_rule", "neolia_progress"])
        {
            await using var command = kamailio.CreateCommand($"truncate {table}");
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Marks accounts dirty in one transaction, and answers when its commit had returned.</summary>
    public async Task<long> MarkAsync(int accounts, CancellationToken cancellationToken)
    {
        await ExecuteAsync(MarkAccounts, cancellationToken, accounts);
        return Stopwatch.GetTimestamp();
    }

    /// <summary>
    /// Until the queue is empty, everything in it applied and acknowledged. A look whether it is empty goes over all dead
    /// rows, and would cost the database a part of what is measured: so the last in line is watched first, by its key.
    /// </summary>
    public async Task<TimeSpan> WaitUntilDrainedAsync(long since, CancellationToken cancellationToken)
    {
        if (await ReadAsync<object>(ReadLastInLine, cancellationToken) is Guid last)
            await WaitUntilNotAsync("select exists (select from kamailio_sync.queue where kind in ('account', 'unit_rules') and subject_id = $1)", last);
        await WaitUntilNotAsync("select exists (select from kamailio_sync.queue)");
        return Stopwatch.GetElapsedTime(since);

        async Task WaitUntilNotAsync(string sql, params object[] values)
        {
            while (await ReadAsync<bool>(sql, cancellationToken, values))
            {
                var waited = Stopwatch.GetElapsedTime(since);
                if (waited > TimeSpan.FromMinutes(10))
                    throw new TimeoutException("The queue did not become empty within 10 min.");
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Clamp(waited.TotalMilliseconds / 200, 1, 100)), cancellationToken);
            }
        }
    }

    /// <summary>A figure of something that was not done right is none.</summary>
    public async Task RequireAppliedAsync(int accounts, CancellationToken cancellationToken)
    {
        await using var count = kamailio.CreateCommand("""
            select (select count(*) from subscriber), (select count(*) from neolia_identity where account_id is not null),
                   (select count(*) from neolia_account where version > 0 and not deleted)
            """);
        count.CommandTimeout = 0;
        await using var row = await count.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var found = (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
        if (found != (accounts, accounts, accounts))
            throw new InvalidOperationException($"{accounts} accounts were marked; Kamailio holds subscribers, names and fences: {found}.");
    }

    public async Task<T> ReadAsync<T>(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Command(sql, values);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = supabase.CreateCommand(sql);
        command.CommandTimeout = 0;
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return command;
    }
}
