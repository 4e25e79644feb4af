using System.Globalization;
using Neolia.LocalStack.Supervision;

namespace Neolia.LocalStack.Supabase;

/// <summary>One edge function of supabase/functions on a real Deno, with the rights that it needs and no others.</summary>
public sealed class EdgeFunctionServer : IAsyncDisposable
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(30);

    private readonly SupervisedServer _server;
    private readonly LoopbackPort _port;

    private EdgeFunctionServer(SupervisedServer server, LoopbackPort port) => (_server, _port) = (server, port);

    /// <summary>In the place of the project's URL: any path leads to the function.</summary>
    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port.Number}"));

    public string Log => _server.Log;

    public static string FolderOf(string function) => Path.Combine(Repository.Root, "supabase", "functions", function);

    /// <param name="secrets">What <c>supabase secrets set</c> would set; the function may read these and nothing else.</param>
    public static Task<EdgeFunctionServer> StartAsync(string function, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken) =>
        LoopbackPort.RetryWhenLostAsync(() => StartOnceAsync(function, secrets, cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _port.Dispose();
    }

    private static async Task<EdgeFunctionServer> StartOnceAsync(string function, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken)
    {
        var (folder, port) = (ServerCommand.NewFolder("deno"), LoopbackPort.Claim());
        SupervisedServer? server = null;
        try
        {
            server = await SupervisedServer.PrepareAsync(
                new ServerCommand
                {
                    Name = "deno",
                    Folder = folder,
                    Command = [NodePackages.Deno, "run", "--no-remote", "--no-prompt", "--allow-net=127.0.0.1", "--allow-env=NEOLIA_FUNCTIONS_URL,NEOLIA_FUNCTIONS_TIMEOUT_MS", Path.Combine(FolderOf(function), "index.ts")],
                    Environment = new Dictionary<string, string>(secrets)
                    {
                        ["DENO_DIR"] = Path.Combine(folder, "cache"),
                        ["DENO_NO_UPDATE_CHECK"] = "1",
                        ["DENO_SERVE_ADDRESS"] = string.Create(CultureInfo.InvariantCulture, $"tcp:127.0.0.1:{port.Number}"),
                        ["NO_COLOR"] = "1",
                    },
                },
                cancellationToken);
            var deno = new EdgeFunctionServer(server, port);
            await server.StartAsync(cancellationToken);
            using var client = new HttpClient();
            await Readiness.WaitAsync(server, async probe => (await client.GetAsync(deno.Url, probe)).Dispose(), ReadyDeadline, cancellationToken);
            return deno;
        }
        catch
        {
            if (server is not null)
                await server.DisposeAsync();
            port.Dispose();
            throw;
        }
    }
}
