using System.Globalization;
using Neolia.LocalStack.Supervision;

namespace Neolia.FunctionsHost;

/// <summary>The handler's process, kept alive as the host does it: a failure is started again, a success never.</summary>
internal sealed class Handler : IAsyncDisposable
{
    private const int EndsThatStopTheHost = 3;
    private static readonly TimeSpan CloseTogether = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan BetweenPolls = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan EndingPatience = TimeSpan.FromSeconds(2);

    private readonly SupervisedServer _server;
    private readonly LoopbackPort _port;
    private readonly TimeSpan _readyWithin;
    private readonly Action<FaultKind, string> _report;
    private readonly HttpClient _client = new();
    private readonly List<DateTime> _ends = [];
    private readonly CancellationTokenSource _disposing = new();
    private TaskCompletionSource<HandlerRun> _ready = NewReady();
    private volatile HandlerRun _run = new();
    private Task _keeping = Task.CompletedTask;

    private Handler(SupervisedServer server, LoopbackPort port, TimeSpan readyWithin, Action<FaultKind, string> report) =>
        (_server, _port, _readyWithin, _report) = (server, port, readyWithin, report);

    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port.Number}"));

    public int ProcessId => _server.ProcessId;

    public string Log => _server.Log;

    /// <exception cref="HostStartException">It was not ready in time, or ended before.</exception>
    public static async Task<Handler> StartAsync(FunctionsHostOptions options, Action<FaultKind, string> report, CancellationToken cancellationToken)
    {
        var (port, trap) = (LoopbackPort.Claim(), LoopbackPort.Claim());
        using (trap)
        {
            var server = await SupervisedServer.PrepareAsync(
                new ServerCommand
                {
                    Name = "custom handler",
                    Folder = ServerCommand.NewFolder("handler"),
                    Command = [options.Package.Executable],
                    WorkingDirectory = options.Package.Folder,
                    Environment = HostEnvironment.Of(options, port.Number, trap.Number),
                },
                cancellationToken);
            var handler = new Handler(server, port, options.ReadyWithin, report);
            try
            {
                await server.StartAsync(cancellationToken);
                await handler.PollAsync(cancellationToken);
                handler._keeping = handler.KeepAsync();
                return handler;
            }
            catch
            {
                await handler.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Waits until requests may be sent.</summary>
    /// <exception cref="HandlerGoneException">It will never be.</exception>
    public Task<HandlerRun> ReadyAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    /// <summary>Whether a run that dropped a connection is ending by itself, which takes it a moment.</summary>
    public static async Task<bool> EndedByItselfAsync(HandlerRun run)
    {
        await Task.WhenAny(run.Ended.Task, Task.Delay(EndingPatience));
        return run is { Ended.Task.IsCompleted: true, Killed: false };
    }

    /// <summary>The platform's own kill: no warning, and no failure of the handler's. The next run begins at once.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        var run = _run;
        run.Killed = true;
        await _server.StopAsync("KILL", TimeSpan.FromSeconds(5), cancellationToken);
        await run.Ended.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _disposing.CancelAsync();
        await _server.DisposeAsync();
        await _keeping;
        _client.Dispose();
        _port.Dispose();
        _disposing.Dispose();
    }

    private async Task KeepAsync()
    {
        while (true)
        {
            var exitCode = await _server.Exited;
            var ended = _run;
            if (_disposing.IsCancellationRequested)
                return;
            _ready = NewReady();
            _run = new HandlerRun();
            ended.Ended.SetResult();
            if (!ended.Killed && StopsForGood(exitCode) is { } reason)
            {
                _ready.SetException(new HandlerGoneException(reason));
                return;
            }

            try
            {
                await _server.StartAsync(_disposing.Token);
                await PollAsync(_disposing.Token);
            }
            catch (HostStartException) when (!_server.IsRunning)
            {
                // It ended before it was ready: counted at the top.
            }
            catch (HostStartException never)
            {
                _ready.SetException(new HandlerGoneException(never.Message));
                return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (ObjectDisposedException) when (_disposing.IsCancellationRequested)
            {
                // The server went first.
                return;
            }
        }
    }

    private string? StopsForGood(int exitCode)
    {
        if (exitCode == 0)
        {
            _report(FaultKind.EndedWithSuccess, "exit code 0");
            return "the handler ended with exit code 0 and is not started again";
        }

        _ends.Add(DateTime.UtcNow);
        if (_ends.Count(end => DateTime.UtcNow - end < CloseTogether) < EndsThatStopTheHost)
            return null;
        _report(FaultKind.HostStopped, string.Create(CultureInfo.InvariantCulture, $"{EndsThatStopTheHost} ends, the last one with exit code {exitCode}"));
        return "the handler ended too often, and the host stopped";
    }

    /// <summary>GET / until anything answers.</summary>
    private async Task PollAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_readyWithin);
        while (true)
        {
            try
            {
                using var any = await _client.GetAsync(Url, deadline.Token);
                _ready.TrySetResult(_run);
                return;
            }
            catch (HttpRequestException) when (_server.IsRunning)
            {
                await Task.Delay(BetweenPolls, cancellationToken);
            }
            catch (HttpRequestException)
            {
                throw new HostStartException($"the handler ended before it was ready, exit code {await _server.Exited}:\n{_server.LogTail()}");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new HostStartException($"the handler did not answer GET / within {_readyWithin}:\n{_server.LogTail()}");
            }

            if (deadline.IsCancellationRequested)
                throw new HostStartException($"the handler did not listen on FUNCTIONS_CUSTOMHANDLER_PORT within {_readyWithin}:\n{_server.LogTail()}");
        }
    }

    private static TaskCompletionSource<HandlerRun> NewReady() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>One run of the process.</summary>
internal sealed class HandlerRun
{
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True: the host or its platform ended it.</summary>
    public volatile bool Killed;
}

/// <summary>There is no handler any more, and there will be none.</summary>
internal sealed class HandlerGoneException(string message) : Exception(message);
