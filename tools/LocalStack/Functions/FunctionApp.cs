using System.Globalization;
using Neolia.LocalStack.Supervision;

namespace Neolia.LocalStack.Functions;

/// <summary>The published Native AOT executable: settings in the environment, one port.</summary>
public sealed class FunctionApp : IAsyncDisposable
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(20);

    private readonly SupervisedServer _server;
    private readonly LoopbackPort _port;
    private readonly bool _ownsPort;
    private readonly HttpClient _client = new();

    private FunctionApp(SupervisedServer server, LoopbackPort port, bool ownsPort)
    {
        _server = server;
        _port = port;
        _ownsPort = ownsPort;
    }

    /// <summary>Where ./dev publishes it.</summary>
    public static string PublishedExecutable => Path.Combine(Repository.Root, "artifacts", "app", "Neolia.Functions");

    /// <summary>For example http://127.0.0.1:23456; the functions are below /api.</summary>
    public Uri Url => UrlOf(_port);

    /// <summary>Everything it has logged.</summary>
    public string Log => _server.Log;

    public SupervisedServer Process => _server;

    /// <summary>Where the app will listen on a port: the doorbell's address is needed before the app starts.</summary>
    public static Uri UrlOf(LoopbackPort port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port.Number}"));

    /// <summary>Starts it and waits for /api/health/live. A start that fails tells why with the last lines of its log.</summary>
    public static Task<FunctionApp> StartAsync(FunctionAppOptions options, CancellationToken cancellationToken) =>
        options.Port is { } port
            ? StartOnceAsync(options, port, ownsPort: false, cancellationToken)
            : LoopbackPort.RetryWhenLostAsync(() => StartOnceAsync(options, LoopbackPort.Claim(), ownsPort: true, cancellationToken));

    /// <summary>Ends it as the Functions host does: SIGKILL, no warning.</summary>
    public Task KillAsync(CancellationToken cancellationToken) => _server.StopAsync("KILL", TimeSpan.FromSeconds(5), cancellationToken);

    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        await _server.StartAsync(cancellationToken);
        await Readiness.WaitAsync(_server, ProbeAsync, ReadyDeadline, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _client.Dispose();
        if (_ownsPort)
            _port.Dispose();
    }

    private static async Task<FunctionApp> StartOnceAsync(
        FunctionAppOptions options, LoopbackPort port, bool ownsPort, CancellationToken cancellationToken)
    {
        var executable = options.Executable ?? PublishedExecutable;
        if (!File.Exists(executable))
            throw new FileNotFoundException($"{executable} is missing: dotnet publish src/Functions -c Release -o artifacts/app (./dev does that by itself)");
        SupervisedServer? server = null;
        try
        {
            server = await SupervisedServer.PrepareAsync(
                new ServerCommand
                {
                    Name = "function app",
                    Folder = ServerCommand.NewFolder("functions"),
                    Command = [executable],
                    WorkingDirectory = Path.GetDirectoryName(Path.GetFullPath(executable)),
                    Environment = new Dictionary<string, string>(options.Settings)
                    {
                        [options.UnderFunctionsHost ? "FUNCTIONS_CUSTOMHANDLER_PORT" : "PORT"] = port.Number.ToString(CultureInfo.InvariantCulture),
                    },
                },
                cancellationToken);
            var app = new FunctionApp(server, port, ownsPort);
            await app.StartAgainAsync(cancellationToken);
            return app;
        }
        catch
        {
            if (server is not null)
                await server.DisposeAsync();
            if (ownsPort)
                port.Dispose();
            throw;
        }
    }

    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        using var response = await _client.GetAsync(new Uri(Url, "/api/health/live"), cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
