using Neolia.LocalStack.Postgres;

namespace Neolia.LocalStack.Supabase;

/// <summary>A PostgreSQL whose template database has all migrations; each test class clones its own from it.</summary>
public sealed class MigratedProject : IAsyncDisposable
{
    private readonly SupabaseProject _template;
    private int _clones;

    private MigratedProject(PostgresServer server, SupabaseProject template)
    {
        Server = server;
        _template = template;
    }

    public PostgresServer Server { get; }

    public static async Task<MigratedProject> StartAsync(CancellationToken cancellationToken)
    {
        var server = await PostgresServer.StartAsync(new PostgresOptions(), cancellationToken);
        try
        {
            var template = await SupabaseProject.CreateAsync(server, "neolia_template", cancellationToken);
            await Migrations.ApplyAsync(template, cancellationToken);
            await template.SetAppPasswordAsync(cancellationToken);
            return new MigratedProject(server, template);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A database of its own, in about a tenth of a second.</summary>
    public Task<SupabaseProject> CloneAsync(CancellationToken cancellationToken) =>
        _template.CloneAsync($"neolia_{Interlocked.Increment(ref _clones)}", cancellationToken);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
