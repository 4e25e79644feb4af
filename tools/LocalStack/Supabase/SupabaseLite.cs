using System.Net.Http.Json;
using System.Text.Json;
using Neolia.LocalStack.Supervision;

namespace Neolia.LocalStack.Supabase;

/// <summary>
/// @supabase/lite in front of one of our databases: /rest/v1 as PostgREST, /auth/v1 as GoTrue, with HS256 tokens. It
/// makes schema auth itself, so it starts on a project before <see cref="SupabaseProject.PrepareAsync"/>.
/// </summary>
public sealed class SupabaseLite : IAsyncDisposable
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(60);

    private readonly SupervisedServer _server;
    private readonly LoopbackPort _port;

    private SupabaseLite(SupervisedServer server, LoopbackPort port, SupabaseKeys keys)
    {
        _server = server;
        _port = port;
        Keys = keys;
    }

    public Uri Url => new($"http://127.0.0.1:{_port.Number}");

    public SupabaseKeys Keys { get; }

    public SupervisedServer Process => _server;

    /// <param name="databaseUrl">The database, as a role that may create schema auth and become every API role.</param>
    public static Task<SupabaseLite> StartAsync(string databaseUrl, CancellationToken cancellationToken) =>
        LoopbackPort.RetryWhenLostAsync(() => StartOnceAsync(databaseUrl, cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _port.Dispose();
    }

    private static async Task<SupabaseLite> StartOnceAsync(string databaseUrl, CancellationToken cancellationToken)
    {
        var keys = SupabaseKeys.New();
        var port = LoopbackPort.Claim();
        var folder = ServerCommand.NewFolder("supabase-lite");
        SupervisedServer? server = null;
        try
        {
            server = await SupervisedServer.PrepareAsync(
                new ServerCommand
                {
                    Name = "@supabase/lite",
                    Folder = folder,
                    WorkingDirectory = null,
                    // Keyless requests would be served as service_role: the dashboard never sends one.
                    Command = ["sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "lite", folder, NodePackages.Node, NodePackages.Lite, "--no-telemetry", "start", "--no-admin"],
                    Environment = new Dictionary<string, string>
                    {
                        ["NEOLIA_DATABASE_URL"] = databaseUrl,
                        ["NEOLIA_JWT_SECRET"] = keys.JwtSecret,
                        ["SUPABASE_PUBLISHABLE_KEY"] = keys.Publishable,
                        ["SUPABASE_SECRET_KEY"] = keys.Secret,
                        ["NODE_ENV"] = "production",
                        ["HOME"] = folder, // It keeps notes there.
                    },
                },
                cancellationToken);
            Directory.CreateDirectory(Path.Combine(folder, "supabase"));
            await File.WriteAllTextAsync(Path.Combine(folder, "supabase", "config.toml"), Configuration(port.Number), cancellationToken);

            var lite = new SupabaseLite(server, port, keys);
            await server.StartAsync(cancellationToken);
            await Readiness.WaitAsync(server, lite.ProbeAsync, ReadyDeadline, cancellationToken);
            return lite;
        }
        catch
        {
            if (server is not null)
                await server.DisposeAsync();
            port.Dispose();
            throw;
        }
    }

    private static string Configuration(int port) =>
        $"""
        [api]
        port = {port}

        [db]
        driver = "postgres"
        url = "env(NEOLIA_DATABASE_URL)"

        [auth]
        enabled = true
        jwt_secret = "env(NEOLIA_JWT_SECRET)"
        jwt_expiry = 3600
        enable_signup = true
        publishable_key = "env(SUPABASE_PUBLISHABLE_KEY)"
        secret_key = "env(SUPABASE_SECRET_KEY)"

        [auth.email]
        enable_confirmations = false

        """;

    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Url, "/auth/v1/settings"));
        request.Headers.Add("apikey", Keys.Publishable);
        using var response = await client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }
}
