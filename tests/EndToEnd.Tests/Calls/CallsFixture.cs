using Neolia.EndToEnd.Tests.Http;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>One user of the dashboard for the tests of a class, on the stack that all share.</summary>
public sealed class CallsFixture(StackFixture shared) : IAsyncLifetime
{
    private Dashboard? _dashboard;

    /// <summary>Sites, buildings and devices of one test.</summary>
    internal Town NewTown() => new(shared.Stack, _dashboard ?? throw new InvalidOperationException("Nobody has signed in."));

    public async ValueTask InitializeAsync() => _dashboard = await Dashboard.SignInAsync(shared.Stack);

    public ValueTask DisposeAsync()
    {
        _dashboard?.Dispose();
        return ValueTask.CompletedTask;
    }
}
