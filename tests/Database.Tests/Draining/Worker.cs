using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Neolia.Functions.Acknowledging;
using Neolia.Functions.Applying;
using Neolia.Functions.Claiming;
using Neolia.Functions.Draining;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Reading;
using Neolia.Functions.Secrets;
using Neolia.Functions.Supabase;
using Npgsql;

namespace Neolia.Database.Tests.Draining;

/// <summary>
/// The real drain turn over the real roles. A step that may stall gets a data source of its own, and stalls while it
/// opens its connection: nothing in the program is replaced.
/// </summary>
public sealed class Worker : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _sources = [];
    private readonly DrainRig _rig;

    public Worker(DrainRig rig, DrainOptions options, Stalls? stalls = null)
    {
        _rig = rig;
        var supabase = Supabase(null);
        var apply = Kamailio(stalls?.BeforeApply);
        Turn = new DrainTurn(
            new Claimer(supabase),
            new DesiredReader(Supabase(stalls?.BeforeRead)),
            new AccountApplier(apply, rig.KamailioOptions.ServedDomains),
            new UnitApplier(apply, rig.KamailioOptions.ServedDomains),
            new ContactKicker(Kamailio(stalls?.BeforeKick)),
            new Acknowledger(Supabase(stalls?.BeforeAcknowledge)),
            new VersionRenewal(supabase),
            Options.Create(options),
            NullLogger<DrainTurn>.Instance);
        Runner = new DrainRunner(Turn.RunAsync, Options.Create(options), NullLogger<DrainRunner>.Instance);
    }

    public DrainTurn Turn { get; }

    public DrainRunner Runner { get; }

    public Task<TurnReport> TurnAsync() => Turn.RunAsync(TestContext.Current.CancellationToken);

    /// <summary>Turns until nothing is due. Fails when that takes more turns than any honest work.</summary>
    public async Task<IReadOnlyList<SubjectResult>> DrainAsync()
    {
        var results = new List<SubjectResult>();
        for (var turns = 0; turns < 50; turns++)
        {
            var report = await TurnAsync();
            if (report == TurnReport.NothingDue)
                return results;
            results.AddRange(report.Results);
        }

        throw new InvalidOperationException($"Still work after 50 turns, at last: {string.Join(", ", results.TakeLast(3))}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources)
            await source.DisposeAsync();
    }

    private SupabaseDatabase Supabase(Func<Task>? stall)
    {
        if (stall is null)
            return Kept(SupabaseDatabase.Open(_rig.SupabaseOptions, _rig.Secrets));

        var builder = new NpgsqlSlimDataSourceBuilder(_rig.Supabase.AppConnectionString + ";Pooling=false");
        builder.EnableArrays();
        builder.UsePhysicalConnectionInitializer(_ => throw new NotSupportedException(), _ => stall());
        return Kept(new SupabaseDatabase(builder.Build(), new RotatingPassword(_rig.Secrets, Secret.SupabasePassword)));
    }

    private KamailioDatabase Kamailio(Func<Task>? stall)
    {
        if (stall is null)
            return Kept(KamailioDatabase.Open(_rig.KamailioOptions, _rig.Secrets));

        var stalling = new MySqlDataSourceBuilder($"{_rig.KamailioOptions.ConnectionString};UseAffectedRows=true;GuidFormat=Char36")
            .UseConnectionOpenedCallback(async (context, cancellationToken) =>
            {
                await using var command = new MySqlCommand(KamailioDatabase.SetSession, context.Connection);
                await command.ExecuteNonQueryAsync(cancellationToken);
                await stall();
            })
            .Build();
        return Kept(new KamailioDatabase(stalling, new RotatingPassword(_rig.Secrets, Secret.KamailioPassword)));
    }

    private T Kept<T>(T source)
        where T : IAsyncDisposable
    {
        _sources.Add(source);
        return source;
    }
}
