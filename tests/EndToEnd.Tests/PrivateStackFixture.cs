using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests;

/// <summary>A stack of one's own, for tests that stop and lock servers, one at a time; short waits make them quick.</summary>
public sealed class PrivateStackFixture : IAsyncLifetime
{
    public static readonly TimeSpan WebhookBudget = TimeSpan.FromMilliseconds(300);

    private Stack? _stack;

    public Stack Stack => _stack ?? throw new InvalidOperationException("The stack has not started.");

    public async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string>
        {
            ["Drain__OutageBackoff"] = "00:00:00.200",
            ["Drain__WebhookBudget"] = WebhookBudget.ToString("c"),
        };
        _stack = await Stack.StartAsync(new StackOptions { AppSettings = settings, WithExample = true }, CancellationToken.None);
    }

    public ValueTask DisposeAsync() => _stack?.DisposeAsync() ?? ValueTask.CompletedTask;
}

[CollectionDefinition(Name)]
public sealed class Outages : ICollectionFixture<PrivateStackFixture>
{
    public const string Name = "Outages";
}
