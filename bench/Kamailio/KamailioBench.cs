using System.Diagnostics;
using MySqlConnector;
using Neolia.Bench.Reporting;
using Neolia.LocalStack;
using Neolia.LocalStack.Kamailio;
using Neolia.LocalStack.MariaDb;
using Neolia.LocalStack.Supervision;

namespace Neolia.Bench.Kamailio;

/// <summary>
/// Registrations and call decisions per second with few and with many accounts, in turns with a Kamailio over the same
/// tables that has nothing but the plain auth_db example (plain.cfg). MariaDB writes to the disk at every commit.
/// </summary>
internal static class KamailioBench
{
    private const int AtOnce = 32;

    /// <param name="Runs">Odd, so that a median is a measured value.</param>
    /// <param name="UnhurriedPerSecond">So few that no call waits for another one: what remains is the decision itself.</param>
    private sealed record Plan(IReadOnlyList<int> Accounts, int Runs, int Registrations, int Calls, int UnhurriedCalls, int UnhurriedPerSecond);

    private static readonly Plan Full = new([100, 100_000], Runs: 5, Registrations: 3_000, Calls: 1_500, UnhurriedCalls: 600, UnhurriedPerSecond: 100);
    private static readonly Plan Short = new([100], Runs: 1, Registrations: 200, Calls: 200, UnhurriedCalls: 50, UnhurriedPerSecond: 100);

    /// <summary><c>--rows</c> are accounts; 1,000,000 take a minute to make.</summary>
    public static async Task RunAsync(BenchArguments arguments, CancellationToken cancellationToken)
    {
        var plan = arguments.Short ? Short : Full;
        plan = plan with { Runs = arguments.Runs ?? plan.Runs, Accounts = arguments.Rows.Count > 0 ? arguments.Rows : plan.Accounts };
        var name = arguments.Short ? "kamailio-short" : arguments.Rows.Count > 0 ? $"kamailio-{string.Join('-', arguments.Rows)}" : "kamailio";
        await using var mariaDb = await MariaDbServer.StartAsync(durable: true, cancellationToken);
        var figures = new Dictionary<string, object>();
        var table = new Table("median", "per second", "CPU ms", "decision ms");
        foreach (var accounts in plan.Accounts)
        {
            Console.WriteLine($"{accounts:N0} accounts ...");
            figures[$"{accounts} accounts"] = await MeasureAsync(mariaDb, accounts, plan, table, cancellationToken);
        }

        Console.WriteLine(table);
        Console.WriteLine(ResultFile.Write(name, await VersionsAsync(mariaDb, cancellationToken), figures));
    }

    private static async Task<object> MeasureAsync(MariaDbServer mariaDb, int accounts, Plan plan, Table table, CancellationToken cancellationToken)
    {
        var database = await KamailioDatabase.CreateAsync(mariaDb, $"accounts_{accounts}", cancellationToken);
        var population = await Population.CreateAsync(database, Secrets.NewPassword(), accounts, cancellationToken);
        await using var ours = await Subject.StartAsync("ours", database, configuration: null, cancellationToken);
        await using var plain = await Subject.StartAsync(
            "plain", database, Path.Combine(Repository.Root, "bench", "Kamailio", "plain.cfg"), cancellationToken);
        using var port = LoopbackPort.Claim();
        var duel = new Duel(ours, plain, mariaDb, port.Number, plan.Runs);

        Task Nothing() => Task.CompletedTask;
        var devices = population.Registrations(plan.Registrations);
        var appear = await duel.RunAsync(
            new Job("REGISTER, new", "register", devices, plan.Registrations, AtOnce), () => population.ForgetContactsAsync(cancellationToken), cancellationToken);
        var refresh = await duel.RunAsync(new Job("REGISTER, again", "register", devices, plan.Registrations, AtOnce), Nothing, cancellationToken);

        using var phones = LoopbackPort.Claim();
        await using var busy = await Sipp.AnswerAsync("busy", phones.Number, cancellationToken);
        await population.RegisterEverybodyAsync("location", phones.Number, ours.Server.UdpPort, cancellationToken);
        await population.RegisterEverybodyAsync("phones", phones.Number, plain.Server.UdpPort, cancellationToken);
        var byName = await duel.RunAsync(new Job("INVITE by name", "invite", population.CallsByName(plan.Calls), plan.Calls, AtOnce), Nothing, cancellationToken);
        var byNumber = await duel.RunAsync(new Job("INVITE by number", "invite", population.CallsByNumber(plan.Calls), plan.Calls, AtOnce), Nothing, cancellationToken, ours);
        var unhurried = await duel.RunAsync(
            new Job("INVITE by number, unhurried", "invite", population.CallsByNumber(plan.UnhurriedCalls), plan.UnhurriedCalls, AtOnce, plan.UnhurriedPerSecond), Nothing, cancellationToken, ours);

        appear.AddTo(table, $"{accounts:N0}: REGISTER of a new contact");
        refresh.AddTo(table, $"{accounts:N0}: REGISTER that refreshes one");
        byName.AddTo(table, $"{accounts:N0}: INVITE by name");
        byNumber.AddTo(table, $"{accounts:N0}: INVITE by the flat's number");
        unhurried.AddTo(table, $"{accounts:N0}: the same, {plan.UnhurriedPerSecond} per second");
        return new { RegisterNew = appear, RegisterAgain = refresh, InviteByName = byName, InviteByNumber = byNumber, InviteByNumberUnhurried = unhurried };
    }

    private static async Task<IReadOnlyDictionary<string, string>> VersionsAsync(MariaDbServer mariaDb, CancellationToken cancellationToken)
    {
        await using var mysql = new MySqlConnection(mariaDb.RootConnectionString("mysql"));
        await mysql.OpenAsync(cancellationToken);
        return new Dictionary<string, string>
        {
            ["mysql"] = mysql.ServerVersion,
            ["kamailio"] = await FirstLineAsync(DebianBinary.Find("kamailio", "kamailio"), "-v", cancellationToken),
            ["sipp"] = await FirstLineAsync(DebianBinary.Find("sipp", "sip-tester"), "-v", cancellationToken),
        };
    }

    private static async Task<string> FirstLineAsync(string program, string argument, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, [argument]) { RedirectStandardOutput = true })!;
        var text = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return text.Trim().Split('\n')[0].Trim();
    }
}
