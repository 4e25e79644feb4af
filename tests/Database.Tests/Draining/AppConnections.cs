using MySqlConnector;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Secrets;
using Neolia.Functions.Supabase;
using Npgsql;

namespace Neolia.Database.Tests.Draining;

/// <summary>
/// Data sources of the program's own roles, closed together. A step that may stall gets one of its own, and stalls while it
/// opens its connection: nothing in the program is replaced.
/// </summary>
public sealed class AppConnections(DrainRig rig) : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _sources = [];

    public SupabaseDatabase Supabase(Func<Task>? stall = null)
    {
        if (stall is null)
            return Kept(SupabaseDatabase.Open(rig.SupabaseOptions, rig.Secrets));

        var builder = new NpgsqlSlimDataSourceBuilder(rig.Supabase.AppConnectionString + ";Pooling=false");
        builder.EnableArrays();
        builder.UsePhysicalConnectionInitializer(_ => throw new NotSupportedException(), _ => stall());
        return Kept(new SupabaseDatabase(builder.Build(), new RotatingPassword(rig.Secrets, Secret.SupabasePassword)));
    }

    public KamailioDatabase Kamailio(Func<Task>? stall = null, KamailioOptions? options = null)
    {
        options ??= rig.KamailioOptions;
        if (stall is null)
            return Kept(KamailioDatabase.Open(options, rig.Secrets));

        var stalling = new MySqlDataSourceBuilder($"{options.ConnectionString};UseAffectedRows=true;GuidFormat=Char36;Pooling=false")
            .UseConnectionOpenedCallback(async (context, cancellationToken) =>
            {
                await using var command = new MySqlCommand(KamailioDatabase.SetSession, context.Connection);
                await command.ExecuteNonQueryAsync(cancellationToken);
                await stall();
            })
            .Build();
        return Kept(new KamailioDatabase(stalling, new RotatingPassword(rig.Secrets, Secret.KamailioPassword)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources)
            await source.DisposeAsync();
    }

    private T Kept<T>(T source)
        where T : IAsyncDisposable
    {
        _sources.Add(source);
        return source;
    }
}
