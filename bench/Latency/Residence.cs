using System.Diagnostics;
using MySqlConnector;
using Npgsql;

namespace Neolia.Bench.Latency;

/// <summary>A site with flats and one panel in each, as the data of a benchmark.</summary>
internal static class Residence
{
    private const string CreateFlats = """
        with owner as (
          insert into auth.users (id) values (gen_random_uuid()) returning id
        ), site as (
          insert into public.sites (name, user_id) select 'Bench', id from owner returning id
        ), building as (
          insert into public.buildings (site_id, name) select id, 'A' from site returning id
        )
        insert into public.units (building_id, number)
        select building.id, n::text from building, generate_series(1, $1) n
        """;

    private const string CreatePanels = """
        insert into public.sip_accounts (unit_id, type) select id, 'panel' from public.units returning id, username
        """;

    public static async Task<IReadOnlyList<RekeyLoad.Account>> CreateAsync(NpgsqlDataSource supabase, int flats, CancellationToken cancellationToken)
    {
        await using (var command = supabase.CreateCommand(CreateFlats))
        {
            command.Parameters.Add(new() { Value = flats });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        var accounts = new List<RekeyLoad.Account>();
        await using var panels = supabase.CreateCommand(CreatePanels);
        await using var row = await panels.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            accounts.Add(new RekeyLoad.Account(row.GetGuid(0), row.GetString(1)));
        return accounts;
    }

    public static async Task WaitUntilAppliedAsync(NpgsqlDataSource supabase, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (await ReadAsync<long>(supabase.CreateCommand("select count(*) from kamailio_sync.queue"), cancellationToken) > 0)
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(30))
                throw new TimeoutException("The queue did not become empty within 30 s.");
            await Task.Delay(20, cancellationToken);
        }
    }

    public static async Task<IReadOnlyDictionary<string, string>> VersionsAsync(
        NpgsqlDataSource supabase, MySqlDataSource kamailio, CancellationToken cancellationToken)
    {
        await using var mysql = kamailio.CreateCommand("select version()");
        return new Dictionary<string, string>
        {
            ["postgres"] = await ReadAsync<string>(supabase.CreateCommand("show server_version"), cancellationToken),
            ["mysql"] = (string)(await mysql.ExecuteScalarAsync(cancellationToken))!,
        };
    }

    private static async Task<T> ReadAsync<T>(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using (command)
            return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
