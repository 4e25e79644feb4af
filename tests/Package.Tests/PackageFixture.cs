using Neolia.FunctionsHost;
using Neolia.LocalStack;
using Neolia.Package.Tests;
using Host = Neolia.FunctionsHost.FunctionsHost;

[assembly: AssemblyFixture(typeof(PackageFixture))]

namespace Neolia.Package.Tests;

/// <summary>
/// The package of ./dev package, unpacked and started by the simulated Functions host, beside a stack whose Postgres is
/// reached as Supabase's: through a pooler with fewer connections than there are requests.
/// </summary>
public sealed class PackageFixture : IAsyncLifetime
{
    public const string AllowedOrigin = "https://dashboard.example";
    public const int PoolSize = 3;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"neolia-package-{Guid.NewGuid():N}");
    private Stack? _stack;
    private Host? _host;

    public static string Archive { get; } = Path.Combine(Repository.Root, "artifacts", "package", "neolia-functions.zip");

    public FunctionPackage Package { get; private set; } = null!;

    public Stack Stack => _stack!;

    public Host Host => _host!;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Archive))
            throw new FileNotFoundException($"{Archive} is missing: ./dev package makes it (./dev test does that by itself)");
        Package = FunctionPackage.Unpack(Archive, _folder);
        _stack = await Stack.StartAsync(Options(withDashboard: true), CancellationToken.None);
        _host = await StartHostAsync(CancellationToken.None);
        await _stack.SetDoorbellAsync(new Uri(_host.Url, "/api/webhooks/supabase"), CancellationToken.None);
    }

    /// <summary>One more host on the same package and databases, as another instance of the function app.</summary>
    public Task<Host> StartHostAsync(CancellationToken cancellationToken) => StartHostAsync(Stack, cancellationToken);

    public Task<Host> StartHostAsync(Stack stack, CancellationToken cancellationToken) => Host.StartAsync(
        new FunctionsHostOptions { Package = Package, Settings = stack.AppSettings, AllowedOrigins = [AllowedOrigin] }, cancellationToken);

    public static StackOptions Options(bool withDashboard) => new()
    {
        WithApp = false,
        WithDashboard = withDashboard,
        PoolSize = PoolSize,

        // Short, so that what a killed handler had in hand is free again soon.
        AppSettings = new Dictionary<string, string> { ["Drain__Lease"] = "00:00:02" },
    };

    /// <summary>Whatever the tests sent, the host may not have seen anything that it can't live with.</summary>
    public async ValueTask DisposeAsync()
    {
        var (faults, log) = (_host?.Faults ?? [], _host?.HandlerLog ?? "");
        if (_host is not null)
            await _host.DisposeAsync();
        if (_stack is not null)
            await _stack.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        Assert.Empty(faults);
        Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);
    }
}
