using System.Diagnostics;
using System.Globalization;
using Neolia.LocalStack.Supervision;

namespace Neolia.Bench.Startup;

/// <summary>One start of the program, as the Functions host starts it, until it has drained what waited.</summary>
internal sealed record StartupRun(TimeSpan FirstAnswer, TimeSpan FirstDrained, TimeSpan Processor, long ResidentBytes)
{
    private const int Requests = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<StartupRun> MeasureAsync(
        string executable, IReadOnlyDictionary<string, string> settings, WaitingChange change, CancellationToken cancellationToken)
    {
        await change.MakeAsync(cancellationToken);
        using var port = LoopbackPort.Claim();
        using var client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port.Number}")) };
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        using var program = new Process { StartInfo = Command(executable, settings, port.Number) };
        var started = Stopwatch.GetTimestamp();
        program.Start();
        try
        {
            var drained = ElapsedAsync(change.IsDrainedAsync(deadline.Token), started);
            var firstAnswer = await ElapsedAsync(AnswersAsync(client, program, deadline.Token), started);
            var firstDrained = await drained;
            program.Refresh();
            var processor = program.TotalProcessorTime;

            for (var i = 0; i < Requests; i++)
                (await client.PostAsync("/api/kamailio-sync", null, deadline.Token)).Dispose();
            program.Refresh();
            return new StartupRun(firstAnswer, firstDrained, processor, program.WorkingSet64);
        }
        finally
        {
            program.Kill();
            await program.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static ProcessStartInfo Command(string executable, IReadOnlyDictionary<string, string> settings, int port)
    {
        var start = new ProcessStartInfo(executable) { WorkingDirectory = Path.GetDirectoryName(executable), RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = port.ToString(CultureInfo.InvariantCulture);
        return start;
    }

    private static async Task<TimeSpan> ElapsedAsync(Task task, long since)
    {
        await task;
        return Stopwatch.GetElapsedTime(since);
    }

    private static async Task AnswersAsync(HttpClient client, Process program, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                (await client.GetAsync("/", cancellationToken)).Dispose();
                return;
            }
            catch (HttpRequestException) when (!program.HasExited)
            {
                await Task.Delay(1, cancellationToken);
            }
        }
    }
}
