using System.Text.Json;

namespace Neolia.LocalStack.Browser;

/// <summary>
/// Somebody at a page, who finds things by what they are called and waits for them. A thing that doesn't come fails
/// with what was looked for, and with the page's console.
/// </summary>
public sealed class Page : IAsyncDisposable
{
    private readonly BrowserDriver _driver;
    private readonly string _id;
    private readonly CancellationToken _cancellationToken;

    internal Page(BrowserDriver driver, string id, CancellationToken cancellationToken) =>
        (_driver, _id, _cancellationToken) = (driver, id, cancellationToken);

    public Task GoToAsync(Uri url) => DoAsync("goTo", new { Url = url.AbsoluteUri });

    public Task ReloadAsync() => DoAsync("reload", new { });

    public Task ClickAsync(string button, Around? within = null) => DoAsync("click", new { Role = "button", Name = button, within });

    /// <summary>Clicks twice, the second time before anything could answer or be drawn.</summary>
    public Task ClickTwiceAsync(string button, Around? within = null) => DoAsync("clickTwice", new { Role = "button", Name = button, within });

    /// <summary>Sends the form of a button twice, the second time before anything could answer the first.</summary>
    public Task SubmitTwiceAsync(string button, Around? within = null) => DoAsync("submitTwice", new { Role = "button", Name = button, within });

    public Task FollowAsync(string link) => DoAsync("click", new { text = link });

    public Task FillAsync(string label, string value, Around? within = null) => DoAsync("fill", new { label, value, within });

    public Task SelectAsync(string label, string option, Around? within = null) => DoAsync("select", new { label, Value = option, within });

    public Task SeeAsync(string text, Around? within = null) => DoAsync("see", new { text, within });

    /// <summary>As <see cref="SeeAsync"/>, while the page's clock runs ahead: for what comes by a poll, or after some pauses.</summary>
    public Task SeeHurriedAsync(string text, Around? within = null) => DoAsync("seeHurried", new { text, within });

    /// <summary>So much time is over for the page, at once.</summary>
    public Task PassTimeAsync(TimeSpan time) => DoAsync("passTime", new { Milliseconds = time.TotalMilliseconds });

    public Task SeeGoneAsync(string text, Around? within = null) => DoAsync("seeGone", new { text, within });

    /// <summary>What stands in the thing that is called so.</summary>
    public async Task<string> ReadAsync(string label) => (await DoAsync("read", new { label })).GetString()!;

    /// <summary>What the QR code says in the picture that is called so, as a camera sees it on the screen.</summary>
    public async Task<string> ReadCodeAsync(string picture) => (await DoAsync("readCode", new { Role = "img", Name = picture })).GetString()!;

    /// <summary>How often a text stands on the page now.</summary>
    public async Task<int> CountAsync(string text) => (await DoAsync("count", new { text })).GetInt32();

    /// <summary>How many requests the page has sent so far.</summary>
    /// <param name="method">GET, POST, …</param>
    /// <param name="path">The end of the URL's path.</param>
    public async Task<int> CountRequestsAsync(string method, string path) => (await DoAsync("countRequests", new { method, path })).GetInt32();

    public Task<JsonElement> EvaluateAsync(string script) => DoAsync("evaluate", new { script });

    /// <summary>The whole page as a PNG file.</summary>
    public Task PictureAsync(string path) => DoAsync("picture", new { path });

    /// <summary>The next so many requests reach the server; what it answers doesn't arrive.</summary>
    /// <param name="method">GET, POST, …</param>
    /// <param name="path">The end of the URL's path.</param>
    /// <param name="silent">The page isn't even told that the connection is gone.</param>
    public Task LoseAnswersAsync(string method, string path, int times, bool silent = false) => DoAsync("loseAnswers", new { method, path, times, silent });

    /// <summary>From now on something in between answers these requests with a page of its own.</summary>
    public Task AnswerInsteadAsync(string method, string path, int status) => DoAsync("answerInstead", new { method, path, status });

    /// <summary>Whether a text is anywhere in the page's memory, after everything unused has been collected.</summary>
    public async Task<bool> RemembersAsync(string text) => (await DoAsync("remembers", new { text })).GetBoolean();

    /// <summary>Realtime's stand-in tells that something in the table changed.</summary>
    public Task RealtimeTellsAsync(string table) => DoAsync("realtimeTells", new { table });

    public async ValueTask DisposeAsync() => await DoAsync("close", new { });

    internal Task OpenAsync(Uri url, PageOptions options) => DoAsync(
        "open",
        new { Url = url.AbsoluteUri, options.Width, options.Height, ColorScheme = options.Dark ? "dark" : "light", options.Locale, options.Realtime });

    private Task<JsonElement> DoAsync(string what, object with)
    {
        var command = JsonSerializer.SerializeToNode(with, JsonSerializerOptions.Web)!.AsObject();
        command["do"] = what;
        command["page"] = _id;
        return _driver.AskAsync(command, _cancellationToken);
    }
}
