namespace Neolia.LocalStack.Browser;

/// <summary>A headless Chromium that knows no address but this machine's own; each page is a profile of its own.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private readonly BrowserDriver _driver;
    private int _pages;

    private Chromium(BrowserDriver driver) => _driver = driver;

    public static async Task<Chromium> StartAsync(CancellationToken cancellationToken)
    {
        var driver = await BrowserDriver.StartAsync(Path.Combine(Repository.Root, "tools", "LocalStack", "Browser", "pages.mjs"));
        try
        {
            await driver.AskAsync(new { Do = "start", Executable = BrowserDriver.Chromium }, cancellationToken);
            return new Chromium(driver);
        }
        catch
        {
            await driver.DisposeAsync();
            throw;
        }
    }

    public async Task<Page> OpenAsync(Uri url, PageOptions options, CancellationToken cancellationToken)
    {
        var page = new Page(_driver, $"{Interlocked.Increment(ref _pages)}", cancellationToken);
        await page.OpenAsync(url, options);
        return page;
    }

    public ValueTask DisposeAsync() => _driver.DisposeAsync();
}
