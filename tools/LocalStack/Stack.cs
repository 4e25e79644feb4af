using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Neolia.LocalStack.Dashboard;
using Neolia.LocalStack.Doorbell;
using Neolia.LocalStack.Functions;
using Neolia.LocalStack.Kamailio;
using Neolia.LocalStack.MariaDb;
using Neolia.LocalStack.Postgres;
using Neolia.LocalStack.Supabase;
using Neolia.LocalStack.Supervision;
using Npgsql;

namespace Neolia.LocalStack;

/// <summary>
/// The whole system on loopback: PostgreSQL with a Supabase project and its migrations, @supabase/lite, the doorbell's
/// relay, MariaDB, Kamailio and the function app. It ends with its owner, whatever ends that.
/// </summary>
[SuppressMessage("Naming", "CA1711", Justification = "It is the project's word for the whole of these servers.")]
public sealed class Stack : IAsyncDisposable
{
    private const string DatabaseName = "neolia";
    private const string AllowedOrigins = "Cors__AllowedOrigins";

    // Ended in the opposite order of their start.
    private readonly ConcurrentStack<IAsyncDisposable> _started = new();
    private readonly StackOptions _options;
    private readonly LoopbackPort _appPort = LoopbackPort.Claim();
    private readonly LoopbackPort _examplePort = LoopbackPort.Claim();

    private Stack(StackOptions options) => _options = options;

    public PostgresServer Postgres { get; private set; } = null!;

    public SupabaseProject Project { get; private set; } = null!;

    /// <summary>Null without the dashboard's side.</summary>
    public SupabaseLite? Lite { get; private set; }

    /// <summary>Between the app and PostgreSQL; null without <see cref="StackOptions.PoolSize"/>.</summary>
    public PoolerServer? Pooler { get; private set; }

    public DoorbellRelay Relay { get; private set; } = null!;

    public MariaDbServer MariaDb { get; private set; } = null!;

    public KamailioDatabase KamailioDatabase { get; private set; } = null!;

    public KamailioServer Kamailio { get; private set; } = null!;

    /// <summary>The app that the stack started itself, or the first of <see cref="StartAppAsync"/>; null before.</summary>
    public FunctionApp? App { get; private set; }

    /// <summary>The dashboard's example page; null without <see cref="StackOptions.WithExample"/>.</summary>
    public ExampleServer? Example { get; private set; }

    /// <summary>Secret of the doorbell, whsec_…; in Vault and in the app's settings.</summary>
    public string WebhookSecret { get; } = Secrets.NewWebhookSecret();

    /// <summary>Secret that user tokens are signed with.</summary>
    public string JwtSecret { get; private set; } = SupabaseKeys.New().JwtSecret;

    /// <summary>Where the doorbell rings: the first app's webhook.</summary>
    public Uri DoorbellUrl => new(FunctionApp.UrlOf(_appPort), "/api/webhooks/supabase");

    /// <summary>What the app needs to know of this stack, as its environment.</summary>
    public IReadOnlyDictionary<string, string> AppSettings
    {
        get
        {
            var settings = new Dictionary<string, string>
            {
                ["Supabase__ConnectionString"] = Pooler?.AppConnectionStringWithoutPassword ?? Project.AppConnectionStringWithoutPassword,
                ["Supabase__Password"] = Project.AppPassword,
                ["Supabase__JwtSecret"] = JwtSecret,
                ["Kamailio__ConnectionString"] = KamailioDatabase.AppConnectionStringWithoutPassword,
                ["Kamailio__Password"] = KamailioDatabase.AppPassword,
                ["Kamailio__Domains"] = string.Join(',', _options.Domains),
                ["Kamailio__SipAddress"] = Kamailio.SipAddress,
                ["Webhook__Secret"] = WebhookSecret,
            };
            foreach (var (name, value) in _options.AppSettings)
                settings[name] = value;
            if (_options.WithExample)
                settings[AllowedOrigins] = string.Join(',', (string[])[.. settings.TryGetValue(AllowedOrigins, out var others) ? [others] : Array.Empty<string>(), ExampleServer.OriginOf(_examplePort)]);
            return settings;
        }
    }

    public static async Task<Stack> StartAsync(StackOptions options, CancellationToken cancellationToken)
    {
        var stack = new Stack(options);
        try
        {
            await Task.WhenAll(stack.StartSupabaseAsync(cancellationToken), stack.StartKamailioAsync(cancellationToken));
            if (options.WithApp)
                await stack.StartAppAsync(cancellationToken);
            if (options.WithExample)
                stack.Example = stack.Started(ExampleServer.Start(stack._examplePort, stack.Lite!.Url, stack.Lite.Keys.Publishable, stack.App!.Url));
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the app; the first one is where the doorbell rings, further ones drain beside it.</summary>
    public async Task<FunctionApp> StartAppAsync(CancellationToken cancellationToken)
    {
        var app = Started(await FunctionApp.StartAsync(
            new FunctionAppOptions { Settings = AppSettings, Port = App is null ? _appPort : null },
            cancellationToken));
        App ??= app;
        return app;
    }

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var one))
            await one.DisposeAsync();
        _appPort.Dispose();
        _examplePort.Dispose();
    }

    private async Task StartSupabaseAsync(CancellationToken cancellationToken)
    {
        Postgres = Started(await PostgresServer.StartAsync(
            new PostgresOptions { Durable = _options.Durable, SurvivesKills = _options.SurvivesKills, BuffersMiB = _options.BuffersMiB }, cancellationToken));
        if (_options.WithDashboard)
        {
            await Postgres.ExecuteAsync("postgres", $"create database {DatabaseName}", cancellationToken);
            Lite = Started(await SupabaseLite.StartAsync(SupabaseProject.SuperuserUrlOf(Postgres, DatabaseName), cancellationToken));
            JwtSecret = Lite.Keys.JwtSecret;
            Project = await SupabaseProject.PrepareAsync(Postgres, DatabaseName, cancellationToken);
            await SupabaseCli.PushAsync(Project, Migrations.Files, cancellationToken);
        }
        else
        {
            Project = await SupabaseProject.CreateAsync(Postgres, DatabaseName, cancellationToken);
            await Migrations.ApplyAsync(Project, cancellationToken);
        }
        await Project.SetAppPasswordAsync(cancellationToken);
        await SetDoorbellAsync(DoorbellUrl, cancellationToken);
        if (_options.PoolSize is { } poolSize)
            Pooler = Started(await PoolerServer.StartAsync(Project, poolSize, cancellationToken));
        Relay = Started(await DoorbellRelay.StartAsync(Project.SuperuserConnectionString, cancellationToken));
    }

    private async Task StartKamailioAsync(CancellationToken cancellationToken)
    {
        string[] lasting = _options.SurvivesKills ? ["--innodb-flush-log-at-trx-commit=2"] : [];
        MariaDb = Started(await MariaDbServer.StartAsync(
            _options.Durable, cancellationToken, [$"--innodb-buffer-pool-size={_options.BuffersMiB}M", .. lasting]));
        KamailioDatabase = await KamailioDatabase.CreateAsync(MariaDb, "kamailio", cancellationToken);
        Kamailio = Started(await KamailioServer.StartAsync(KamailioDatabase, _options.Domains, cancellationToken));
    }

    /// <summary>The operator's step after the migrations, as the owner: URL and secret of the doorbell. Again, to ring elsewhere.</summary>
    public async Task SetDoorbellAsync(Uri url, CancellationToken cancellationToken)
    {
        await using var owner = new NpgsqlConnection(Project.OwnerConnectionString + ";Pooling=false");
        await owner.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            delete from vault.secrets where name in ('neolia_doorbell_url', 'neolia_doorbell_secret');
            select vault.create_secret(@url, 'neolia_doorbell_url'), vault.create_secret(@secret, 'neolia_doorbell_secret');
            """,
            owner);
        command.Parameters.AddWithValue("url", url.AbsoluteUri);
        command.Parameters.AddWithValue("secret", WebhookSecret);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private T Started<T>(T one)
        where T : IAsyncDisposable
    {
        _started.Push(one);
        return one;
    }
}
