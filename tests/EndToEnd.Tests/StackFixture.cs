using Neolia.EndToEnd.Tests;
using Neolia.LocalStack;

[assembly: AssemblyFixture(typeof(StackFixture))]

namespace Neolia.EndToEnd.Tests;

/// <summary>The one stack that all tests use side by side. Tests that stop servers have <see cref="PrivateStackFixture"/>.</summary>
public sealed class StackFixture : IAsyncLifetime
{
    /// <summary>An origin that the app's CORS lets in.</summary>
    public const string AllowedOrigin = "http://localhost:5173";

    private Stack? _stack;
    private int _processId;

    public Stack Stack => _stack ?? throw new InvalidOperationException("The stack has not started.");

    public async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string>
        {
            ["Cors__AllowedOrigins"] = $"https://dashboard.example,{AllowedOrigin}",
            // Some tests start a second app beside it and kill it: what it had claimed is free before anybody's time is up.
            ["Drain__Lease"] = "00:00:10",
        };
        _stack = await Stack.StartAsync(new StackOptions { AppSettings = settings, WithExample = true }, CancellationToken.None);
        _processId = _stack.App!.Process.ProcessId;
    }

    /// <summary>Whatever the tests sent, the program must have survived it: under the Functions host one poison request would take all instances down.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stack is null)
            return;
        var app = _stack.App!.Process;
        var (survived, log) = (app.IsRunning && app.ProcessId == _processId, app.Log);
        var secrets = _stack.AppSettings.Where(s => s.Key.EndsWith("Password", StringComparison.Ordinal) || s.Key.EndsWith("Secret", StringComparison.Ordinal));
        await _stack.DisposeAsync();
        Assert.True(survived, $"The function app ended during the tests:\n{log}");
        Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret.Value, log, StringComparison.Ordinal));
    }
}
