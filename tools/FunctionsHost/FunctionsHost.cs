using System.Collections.Concurrent;
using Neolia.LocalStack.Supervision;

namespace Neolia.FunctionsHost;

/// <summary>
/// Behaves to a package as the Azure Functions host 4.x does to a custom handler, and judges it: what would hang or
/// fail there is a fault here.
/// </summary>
public sealed class FunctionsHost : IAsyncDisposable
{
    private readonly ConcurrentQueue<HostFault> _faults = new();
    private Handler _handler = null!;
    private HandlerSender _sender = null!;
    private HttpFront _front = null!;
    private TimerFront _timers = null!;

    private FunctionsHost()
    {
    }

    /// <summary>Where clients ask, as at https://APP.azurewebsites.net.</summary>
    public Uri Url => _front.Url;

    /// <summary>What functions of authLevel <c>function</c> ask for; made at the start.</summary>
    public string FunctionKey { get; } = Secrets.NewPassword();

    public IReadOnlyCollection<HostFault> Faults => _faults;

    public int HandlerProcessId => _handler.ProcessId;

    /// <summary>The port that only the host knows on Azure.</summary>
    public Uri HandlerUrl => _handler.Url;

    public string HandlerLog => _handler.Log;

    /// <exception cref="HostStartException">The handler never became ready.</exception>
    public static async Task<FunctionsHost> StartAsync(FunctionsHostOptions options, CancellationToken cancellationToken)
    {
        var host = new FunctionsHost();
        void Report(FaultKind kind, string detail) => host._faults.Enqueue(new HostFault(kind, detail));

        host._handler = await LoopbackPort.RetryWhenLostAsync(() => Handler.StartAsync(options, Report, cancellationToken));
        try
        {
            host._sender = new HandlerSender(host._handler, Report);
            host._timers = new TimerFront(options, host._sender, host._handler, Report);
            host._front = await HttpFront.StartAsync(options, host.FunctionKey, host._sender, cancellationToken);
            return host;
        }
        catch
        {
            await host._handler.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a timer now. False: the host counts the run as failed; why stands in <see cref="Faults"/>.</summary>
    public Task<bool> RunTimerAsync(string function, bool isPastDue, CancellationToken cancellationToken) =>
        _timers.RunAsync(function, isPastDue, cancellationToken);

    /// <summary>Ends the handler without warning, as scaling in and deployments do.</summary>
    public Task KillHandlerAsync(CancellationToken cancellationToken) => _handler.KillAsync(cancellationToken);

    /// <summary>Waits until a handler answers again after an end.</summary>
    public Task HandlerReadyAsync(CancellationToken cancellationToken) => _handler.ReadyAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _front.DisposeAsync();
        _sender.Dispose();
        await _handler.DisposeAsync();
    }
}
