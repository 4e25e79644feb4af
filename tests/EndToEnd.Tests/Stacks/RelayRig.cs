using Neolia.LocalStack.Doorbell;
using Neolia.LocalStack.Postgres;
using Neolia.LocalStack.Supabase;
using Npgsql;

namespace Neolia.EndToEnd.Tests.Stacks;

/// <summary>A PostgreSQL with a Supabase project that no migration was applied to; each test gets a copy of it.</summary>
public sealed class RelayServer : IAsyncLifetime
{
    private PostgresServer? _postgres;
    private SupabaseProject? _template;
    private int _copies;

    public PostgresServer Postgres => _postgres ?? throw new InvalidOperationException("The server has not started.");

    public async ValueTask InitializeAsync()
    {
        _postgres = await PostgresServer.StartAsync(new PostgresOptions(), CancellationToken.None);
        _template = await SupabaseProject.CreateAsync(_postgres, "doorbells", CancellationToken.None);
    }

    public Task<SupabaseProject> CopyAsync() =>
        _template!.CloneAsync($"doorbells_{++_copies}", TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _postgres?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>A project, the relay on it, and a receiver for what it sends.</summary>
public sealed class RelayRig : IAsyncDisposable
{
    private readonly SupabaseProject _project;

    private RelayRig(SupabaseProject project, DoorbellRelay relay)
    {
        _project = project;
        Relay = relay;
    }

    public DoorbellRelay Relay { get; }

    public DoorbellReceiver Receiver { get; } = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Returns once the relay waits for its first commit.</summary>
    public static async Task<RelayRig> StartAsync(RelayServer server)
    {
        var project = await server.CopyAsync();
        var relay = await DoorbellRelay.StartAsync(project.SuperuserConnectionString, Cancelled);
        var rig = new RelayRig(project, relay);
        await rig.IdleAsync();
        return rig;
    }

    public Task IdleAsync() => Poll.UntilAsync(() => Relay.IsIdle, "the relay waits for a commit");

    public Task ArrivedAsync(int count) =>
        Poll.UntilAsync(() => Receiver.Arrivals.Count >= count, $"{count} doorbells arrived");

    /// <summary>One transaction with so many requests.</summary>
    public async Task RingAsync(int requests = 1, bool commit = true, int timeoutMilliseconds = 5000)
    {
        await using var connection = new NpgsqlConnection(_project.OwnerConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancelled);
        await using var transaction = await connection.BeginTransactionAsync(Cancelled);
        await using var command = new NpgsqlCommand(
            """
            select net.http_post($1, jsonb_build_object('n', n), '{}', '{"webhook-signature": "v1,c2lnbmF0dXJl"}', $2)
            from generate_series(1, $3) n
            """, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter { Value = Receiver.Url });
        command.Parameters.Add(new NpgsqlParameter { Value = timeoutMilliseconds });
        command.Parameters.Add(new NpgsqlParameter { Value = requests });
        await command.ExecuteNonQueryAsync(Cancelled);
        if (commit)
            await transaction.CommitAsync(Cancelled);
        else
            await transaction.RollbackAsync(Cancelled);
    }

    /// <summary>One number from the project's database.</summary>
    public async Task<long> CountAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_project.SuperuserConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancelled);
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(Cancelled))!;
    }

    public async ValueTask DisposeAsync()
    {
        await Relay.DisposeAsync();
        await Receiver.DisposeAsync();
    }
}
