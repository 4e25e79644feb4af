using Neolia.LocalStack.Postgres;
using Neolia.LocalStack.Supabase;

namespace Neolia.Database.Tests.Migrations;

/// <summary>A PostgreSQL of its own, where nothing of ours exists yet, not even the app's role.</summary>
public sealed class PlainCluster : IAsyncLifetime
{
    private PostgresServer? _server;
    private SupabaseProject? _template;
    private int _clones;

    public async ValueTask InitializeAsync()
    {
        var cancelled = TestContext.Current.CancellationToken;
        _server = await PostgresServer.StartAsync(new PostgresOptions(), cancelled);
        _template = await SupabaseProject.CreateAsync(_server, "plain", cancelled);
    }

    /// <summary>A new Supabase project without any migration.</summary>
    public Task<SupabaseProject> CreateProjectAsync() =>
        _template!.CloneAsync($"project_{Interlocked.Increment(ref _clones)}", TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
