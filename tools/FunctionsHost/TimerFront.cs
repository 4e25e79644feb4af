using System.Net;
using System.Text;
using System.Text.Json;

namespace Neolia.FunctionsHost;

/// <summary>Timer triggers: POST /NAME with an invocation in JSON, in chunks.</summary>
internal sealed class TimerFront(FunctionsHostOptions options, HandlerSender sender, Handler handler, Action<FaultKind, string> report)
{
    private readonly TimeSpan _timeout = options.FunctionTimeout ?? options.Package.Host.FunctionTimeout;

    public async Task<bool> RunAsync(string name, bool isPastDue, CancellationToken cancellationToken)
    {
        var function = options.Package.Functions.OfType<HostedFunction.Timer>().Single(f => f.Name == name);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_timeout);
        try
        {
            using var answer = await sender.SendAsync(name, () => Invocation.Post(name, Payload(function, isPastDue)), replays: false, deadline.Token);
            return await JudgeAsync(name, answer, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            report(FaultKind.TimedOut, $"{name}: no answer within {_timeout}");
            await handler.KillAsync(cancellationToken);
            return false;
        }
        catch (Exception exception) when (exception is HttpRequestException or HandlerGoneException)
        {
            return false;
        }
    }

    private async Task<bool> JudgeAsync(string name, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (!answer.IsSuccessStatusCode)
            return Fault(FaultKind.FailedTimer, $"{name}: {(int)answer.StatusCode}");
        if (answer.StatusCode == HttpStatusCode.NoContent || text.Length == 0)
        {
            // The real host finds out when the time is up, and does the same then.
            await handler.KillAsync(cancellationToken);
            return Fault(FaultKind.EmptyTimerAnswer, $"{name}: {(int)answer.StatusCode} without a body");
        }

        return (answer.Content.Headers.ContentType?.MediaType == "application/json" && IsObject(text))
            || Fault(FaultKind.UnreadableTimerAnswer, $"{name}: {answer.Content.Headers.ContentType}");
    }

    private bool Fault(FaultKind kind, string detail)
    {
        report(kind, detail);
        return false;
    }

    private static bool IsObject(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static byte[] Payload(HostedFunction.Timer function, bool isPastDue)
    {
        var now = DateTime.UtcNow;
        object? status = function.UsesMonitor ? new { Last = now.AddMinutes(-1), Next = now, LastUpdated = now.AddMinutes(-1) } : null;
        return Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
        {
            Data = new Dictionary<string, object>
            {
                [function.Binding] = new { Schedule = new { AdjustForDST = true }, ScheduleStatus = status, IsPastDue = isPastDue },
            },
            Metadata = new { sys = new { MethodName = function.Name, UtcNow = now, RandGuid = Guid.NewGuid() } },
        }));
    }
}
