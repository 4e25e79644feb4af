using System.Text.Json;
using Neolia.LocalStack.Browser;

namespace Neolia.LocalStack.Media;

/// <summary>
/// A resident's phone: headless Chromium with JsSIP, driven by phone/phone.mjs. It verifies the server's certificate
/// and name, answers calls, and sends the sound of Chromium's fake microphone, a beep every second.
/// </summary>
public sealed class BrowserPhone : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    private readonly BrowserDriver _driver;

    private BrowserPhone(BrowserDriver driver) => _driver = driver;

    /// <summary>Version of the browser, such as 140.0.7339.0.</summary>
    public string Version { get; private set; } = "";

    /// <summary>What happened so far, and what the page wrote to its console.</summary>
    public string Log => _driver.Log;

    public static async Task<BrowserPhone> OpenAsync(BrowserPhoneOptions options, CancellationToken cancellationToken)
    {
        var driver = await BrowserDriver.StartAsync(
            Path.Combine(Repository.Root, "tools", "LocalStack", "Media", "phone", "phone.mjs"),
            home => BrowserTrust.MakeAsync(home, options.AuthorityPem, cancellationToken));
        var phone = new BrowserPhone(driver);
        try
        {
            var version = await driver.AskAsync(
                new
                {
                    Do = "open",
                    Executable = BrowserDriver.Chromium,
                    WsServer = options.WsServers.Authority,
                    Address = options.Address.ToString(),
                },
                cancellationToken);
            phone.Version = version.GetString()!;
            return phone;
        }
        catch
        {
            await phone.DisposeAsync();
            throw;
        }
    }

    /// <summary>Begins to register with the configuration that the app hands out.</summary>
    /// <param name="answersCalls">False: it rings and nobody comes.</param>
    public Task StartAsync(string uri, string password, Uri wsServers, CancellationToken cancellationToken, bool answersCalls = true) =>
        DoAsync("start", cancellationToken, new { uri, password, WsServers = wsServers.OriginalString, InstanceId = Guid.NewGuid(), answersCalls });

    /// <summary>Registers now, as it would do by itself some minutes later.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken) => DoAsync("register", cancellationToken);

    /// <summary>Calls somebody; "confirmed" or "failed" is expected next.</summary>
    public Task CallAsync(string target, CancellationToken cancellationToken) => DoAsync("call", cancellationToken, target);

    public Task HangUpAsync(CancellationToken cancellationToken) => DoAsync("hangUp", cancellationToken);

    public async Task<BrowserSound> SoundAsync(CancellationToken cancellationToken) =>
        (await DoAsync("sound", cancellationToken)).Deserialize<BrowserSound>(Format)!;

    /// <summary>The next event of that name; others before it are passed over. Throws with the log when none comes.</summary>
    public async Task<PhoneEvent> ExpectAsync(string name, CancellationToken cancellationToken) =>
        (await _driver.ExpectAsync(name, cancellationToken)).Deserialize<PhoneEvent>(Format)!;

    public ValueTask DisposeAsync() => _driver.DisposeAsync();

    private Task<JsonElement> DoAsync(string name, CancellationToken cancellationToken, params object[] arguments) =>
        _driver.AskAsync(new { Do = "call", name, arguments }, cancellationToken);
}
