using MySqlConnector;
using Neolia.Bench.Drain;
using Neolia.LocalStack;
using Neolia.LocalStack.Functions;
using Npgsql;

namespace Neolia.Bench.Towns;

/// <summary>A town with everything around it, and drains of all its accounts by the published app.</summary>
internal sealed class DrainedTown : IAsyncDisposable
{
    // It looks at the queue all the time, as it does for 5 s after work: the clock is not to measure how it is woken.
    private static readonly Dictionary<string, string> Awake = new() { ["Drain__LingerFor"] = "00:10:00" };

    private DrainedTown(Stack stack)
    {
        Stack = stack;
        Supabase = NpgsqlDataSource.Create(stack.Project.OwnerConnectionString);
        Kamailio = new MySqlDataSource(stack.KamailioDatabase.RootConnectionString);
        Town = new Town(stack, Supabase, Kamailio);
    }

    public Stack Stack { get; }

    public NpgsqlDataSource Supabase { get; }

    public MySqlDataSource Kamailio { get; }

    public Town Town { get; }

    public static async Task<DrainedTown> StartAsync(BenchArguments arguments, CancellationToken cancellationToken) => new(await Stack.StartAsync(
        new StackOptions { Durable = true, WithDashboard = false, WithApp = false, AppSettings = Awake, BuffersMiB = arguments.BuffersMiB ?? 128 },
        cancellationToken));

    /// <summary>
    /// Marks the accounts in one transaction, and measures from its commit until all of them are applied and acknowledged.
    /// What <paramref name="look"/> says of the running apps is asked at the end.
    /// </summary>
    public async Task<Run> DrainAsync(int rows, int processes, CancellationToken cancellationToken, Action<IReadOnlyList<FunctionApp>>? look = null)
    {
        var apps = new List<FunctionApp>();
        try
        {
            for (var i = 0; i < processes; i++)
                apps.Add(await Stack.StartAppAsync(cancellationToken));
            var committed = await Town.MarkAsync(rows, cancellationToken);
            var meter = new Meter(Town, apps) { Started = committed };
            await Town.WaitUntilDrainedAsync(committed, cancellationToken);
            var run = meter.Stop(rows);
            look?.Invoke(apps);
            await Town.RequireAppliedAsync(rows, cancellationToken);
            return run;
        }
        finally
        {
            foreach (var app in apps)
                await app.KillAsync(CancellationToken.None);
        }
    }

    /// <summary>Whatever waits is applied and acknowledged, units too; nothing is measured.</summary>
    public async Task DrainAllAsync(CancellationToken cancellationToken)
    {
        var app = await Stack.StartAppAsync(cancellationToken);
        await Town.WaitUntilDrainedAsync(System.Diagnostics.Stopwatch.GetTimestamp(), cancellationToken);
        await app.KillAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Supabase.DisposeAsync();
        await Kamailio.DisposeAsync();
        await Stack.DisposeAsync();
    }
}
