using Neolia.LocalStack.Browser;
using Neolia.LocalStack.Dashboard;

namespace Neolia.EndToEnd.Tests.Pages;

/// <summary>One Chromium; each test opens pages of its own in it.</summary>
public sealed class ChromiumFixture : IAsyncLifetime
{
    private Chromium? _chromium;

    public Chromium Chromium => _chromium ?? throw new InvalidOperationException("Chromium has not started.");

    public async ValueTask InitializeAsync()
    {
        ExampleServer.RequireBuilt();
        _chromium = await Chromium.StartAsync(CancellationToken.None);
    }

    public ValueTask DisposeAsync() => _chromium?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>Tests at the dashboard's pages: one after the other, for a browser takes a whole core.</summary>
[CollectionDefinition(Name)]
public sealed class OneBrowser : ICollectionFixture<ChromiumFixture>
{
    public const string Name = "Dashboard pages";
}
