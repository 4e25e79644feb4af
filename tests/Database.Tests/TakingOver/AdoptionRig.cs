using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Neolia.Database.Tests.Draining;
using Neolia.Functions.Actions;
using Neolia.Functions.Credentials;
using Neolia.Functions.Draining;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Secrets;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Neolia.Functions.TakingOver;
using Npgsql;

namespace Neolia.Database.Tests.TakingOver;

/// <summary>The step before which an adoption is killed, or which first lets the test do something.</summary>
public sealed record AdoptionSteps
{
    public Func<Task>? BeforeStore { get; init; }

    public Func<Task>? BeforeHandover { get; init; }

    public Func<Task>? BeforeMark { get; init; }
}

/// <summary>The real adoption over the real roles, with a drain beside it. A step that is stopped has connections of its own.</summary>
public sealed class AdoptionRig : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _sources = [];
    private readonly CancellationTokenSource _ended = new();
    private readonly DrainRig _rig;
    private readonly Task _draining;

    public AdoptionRig(DrainRig rig, AdoptionSteps? steps = null)
    {
        _rig = rig;
        var worker = rig.NewWorker();
        var runner = new DrainRunner(worker.Turn.RunAsync, Options.Create(rig.Options), NullLogger<DrainRunner>.Instance);
        _draining = runner.RunAsync(_ended.Token);
        var supabase = Supabase(null);
        var kamailio = Kamailio(null);
        Adoption = new Adoption(
            new Guests(kamailio),
            new AccountNames(supabase),
            new CredentialStore(Supabase(steps?.BeforeStore)),
            new Handover(Kamailio(steps?.BeforeHandover)),
            new DirtyMarks(Supabase(steps?.BeforeMark)),
            new QueueWatch(supabase, runner),
            Options.Create(rig.KamailioOptions),
            Options.Create(rig.Options));
    }

    public Adoption Adoption { get; }

    public async Task<AdoptionOutcome> AdoptAsync(string username, bool dryRun = false) =>
        (await Adoption.RunAsync(new SipName(username, Dashboard.Domain), dryRun, TestContext.Current.CancellationToken)).Outcome;

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await Task.WhenAny(_draining);
        foreach (var source in _sources)
            await source.DisposeAsync();
        _ended.Dispose();
    }

    private SupabaseDatabase Supabase(Func<Task>? before)
    {
        if (before is null)
            return Kept(SupabaseDatabase.Open(_rig.SupabaseOptions, _rig.Secrets));
        var builder = new NpgsqlSlimDataSourceBuilder(_rig.Supabase.AppConnectionString + ";Pooling=false");
        builder.EnableArrays();
        builder.UsePhysicalConnectionInitializer(_ => throw new NotSupportedException(), _ => before());
        return Kept(new SupabaseDatabase(builder.Build(), new RotatingPassword(_rig.Secrets, Secret.SupabasePassword)));
    }

    private KamailioDatabase Kamailio(Func<Task>? before)
    {
        if (before is null)
            return Kept(KamailioDatabase.Open(_rig.KamailioOptions, _rig.Secrets));
        var builder = new MySqlDataSourceBuilder($"{_rig.KamailioOptions.ConnectionString};UseAffectedRows=true;GuidFormat=Char36;Pooling=false")
            .UseConnectionOpenedCallback(async (_, _) => await before());
        return Kept(new KamailioDatabase(builder.Build(), new RotatingPassword(_rig.Secrets, Secret.KamailioPassword)));
    }

    private T Kept<T>(T source)
        where T : IAsyncDisposable
    {
        _sources.Add(source);
        return source;
    }
}
