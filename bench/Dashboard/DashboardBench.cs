using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using MySqlConnector;
using Neolia.Bench.Latency;
using Neolia.Bench.Registrations;
using Neolia.Bench.Reporting;
using Neolia.LocalStack;
using Neolia.LocalStack.Supabase;
using Npgsql;

namespace Neolia.Bench.Dashboard;

/// <summary>
/// What the dashboard reads, through /rest/v1 with the real client library, as one of many owners among a million accounts:
/// how long it takes, and that it is the caller's rows and nobody else's.
/// </summary>
internal static class DashboardBench
{
    // A site has 100 accounts in 25 flats.
    private const int AccountsPerSite = 100;
    private const int UnitsPerSite = 25;

    private const int ShownLog = 20;

    public static async Task RunAsync(BenchArguments arguments, CancellationToken cancellationToken)
    {
        var accounts = arguments.Rows.Count > 0 ? arguments.Rows[0] : arguments.Short ? 20_000 : 1_000_000;
        var sites = Math.Min(100, accounts / AccountsPerSite / 2);
        await using var stack = await Stack.StartAsync(new StackOptions { WithApp = false }, cancellationToken);
        await using var supabase = NpgsqlDataSource.Create(stack.Project.SuperuserConnectionString + ";Command Timeout=0");
        await using var kamailio = new MySqlDataSource(stack.KamailioDatabase.RootConnectionString);

        await new Population(supabase, kamailio).CreateAccountsAsync(accounts, cancellationToken);
        var login = new Login($"{Guid.NewGuid():N}@example.com", Guid.NewGuid().ToString("N"));
        var user = await SignUpAsync(stack.Lite!, login, cancellationToken);
        await Step.RunAsync("their sync's state and a log, and the caller's sites", () => OwnAsync(supabase, user, sites, cancellationToken));
        var plans = await QueryPlans.ReadAsync(stack.Project, user, cancellationToken);

        var times = arguments.Runs ?? (arguments.Short ? 2 : 50);
        var answers = new Dictionary<string, Answers>();
        await Step.RunAsync($"each query {times} times", async () => answers = await AskAsync(stack.Lite!, login, times, cancellationToken));
        Check(answers, "sites with counts", sites, first =>
            Count(first, "buildings") == 1 && Count(first, "units") == UnitsPerSite && Count(first, "sip_accounts") == AccountsPerSite);
        Check(answers, "get_intercom_stats", 1, first => first.GetProperty("sites_total").GetInt32() == sites && first.GetProperty("sip_accounts_total").GetInt32() == sites * AccountsPerSite);
        Check(answers, "units of a building with accounts and sync", UnitsPerSite, first =>
            first.GetProperty("sip_accounts") is var own && own.GetArrayLength() == AccountsPerSite / UnitsPerSite && IsSynced(own[0]));
        Check(answers, "log of all sites", ShownLog, _ => true);
        Check(answers, "log of a site", ShownLog, _ => true);
        Check(answers, "all accounts with sync, every page", sites * AccountsPerSite, IsSynced);
        Check(answers, "all units with accounts and sync, every page", sites * UnitsPerSite, first => IsSynced(first.GetProperty("sip_accounts")[0]));

        var table = new Table("through /rest/v1", "rows", "p50 ms", "p99 ms");
        var figures = answers.ToDictionary(answer => answer.Key, answer => Percentiles.Of(answer.Value.Ms));
        foreach (var (name, ms) in figures)
            table.Add(name, $"{answers[name].Rows}", $"{ms.P50:0.0}", $"{ms.P99:0.0}");
        Console.WriteLine(table);
        var pages = new Table("by EXPLAIN, as the caller", "pages of 8 KiB");
        foreach (var (name, count) in plans)
            pages.Add(name, $"{count}");
        Console.WriteLine(pages);
        Console.WriteLine(ResultFile.Write(
            arguments.Short ? "dashboard-short" : "dashboard",
            await Residence.VersionsAsync(supabase, kamailio, cancellationToken),
            new { Accounts = accounts, Own = sites * AccountsPerSite, Queries = figures, Pages = plans }));
    }

    private static async Task<Guid> SignUpAsync(SupabaseLite lite, Login login, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = lite.Url };
        client.DefaultRequestHeaders.Add("apikey", lite.Keys.Publishable);
        using var answer = await client.PostAsJsonAsync("/auth/v1/signup", new { email = login.Email, password = login.Password }, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var session = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return (session.TryGetProperty("user", out var user) ? user : session).GetProperty("id").GetGuid();
    }

    private static async Task OwnAsync(NpgsqlDataSource supabase, Guid user, int sites, CancellationToken cancellationToken)
    {
        await using var command = supabase.CreateCommand($"""
            set session_replication_role = replica;
            update public.sites set user_id = '{user}' where id in (select id from public.sites order by id limit {sites});
            set synchronous_commit = off;
            insert into public.intercom_activity_logs (site_id, action, message) select s.id, 'account_changed', 'x' from public.sites s, generate_series(1, 100);
            insert into public.sip_account_sync (account_id, unit_id, state, has_credentials) select a.id, a.unit_id, 'synced', true from public.sip_accounts a;
            insert into public.unit_sync (unit_id, state) select u.id, 'synced' from public.units u;
            set synchronous_commit = on;
            set session_replication_role = origin
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await using var vacuum = supabase.CreateCommand("vacuum analyze public.sites, public.intercom_activity_logs, public.sip_account_sync, public.unit_sync");
        await vacuum.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<Dictionary<string, Answers>> AskAsync(SupabaseLite lite, Login login, int times, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(NodePackages.Node, Path.Combine(Repository.Root, "bench", "Dashboard", "queries.mjs"))
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["NODE_PACKAGES"] = NodePackages.Root,
                ["SUPABASE_URL"] = lite.Url.AbsoluteUri,
                ["SUPABASE_KEY"] = lite.Keys.Publishable,
                ["EMAIL"] = login.Email,
                ["PASSWORD"] = login.Password,
                ["TIMES"] = $"{times}",
            },
        };
        using var node = Process.Start(start)!;
        var output = await node.StandardOutput.ReadToEndAsync(cancellationToken);
        await node.WaitForExitAsync(cancellationToken);
        return node.ExitCode == 0
            ? JsonSerializer.Deserialize<Dictionary<string, Answers>>(output, JsonSerializerOptions.Web)!
            : throw new InvalidOperationException("queries.mjs failed.");
    }

    private static void Check(Dictionary<string, Answers> answers, string query, int rows, Func<JsonElement, bool> first)
    {
        if (answers[query] is var answer && (answer.Rows != rows || !first(answer.First)))
            throw new InvalidOperationException($"'{query}' answered {answer.Rows} rows beginning with {answer.First}");
    }

    private static int Count(JsonElement row, string embedded) => row.GetProperty(embedded)[0].GetProperty("count").GetInt32();

    private static bool IsSynced(JsonElement account) => account.GetProperty("sync").GetProperty("state").GetString() == "synced";

    private sealed record Login(string Email, string Password);

    private sealed record Answers(int Rows, double[] Ms, JsonElement First);
}
