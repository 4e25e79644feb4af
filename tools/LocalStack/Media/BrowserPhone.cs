using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Neolia.LocalStack.Supabase;
using Neolia.LocalStack.Supervision;

namespace Neolia.LocalStack.Media;

/// <summary>
/// A resident's phone: headless Chromium with JsSIP, driven by phone/phone.mjs. It verifies the server's certificate
/// and name, answers calls, and sends the sound of Chromium's fake microphone, a beep every second.
/// </summary>
public sealed class BrowserPhone : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // A session of its own: Ctrl-C is for us, and our end of standard input ends it.
    private const string Run = """
        home=$1
        shift
        "$@"
        code=$?
        rm -rf "$home"
        exit $code
        """;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    private readonly Process _driver;
    private readonly Channel<JsonElement> _answers = Channel.CreateUnbounded<JsonElement>();
    private readonly Channel<PhoneEvent> _events = Channel.CreateUnbounded<PhoneEvent>();
    private readonly StringBuilder _log = new();
    private readonly Task _reading;

    private BrowserPhone(Process driver)
    {
        _driver = driver;
        _driver.ErrorDataReceived += (_, line) => Note(line.Data);
        _driver.BeginErrorReadLine();
        _reading = ReadAsync();
    }

    /// <summary>Version of the browser, such as 140.0.7339.0.</summary>
    public string Version { get; private set; } = "";

    /// <summary>What happened so far, and what the page wrote to its console.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    public static async Task<BrowserPhone> OpenAsync(BrowserPhoneOptions options, CancellationToken cancellationToken)
    {
        var home = Directory.CreateTempSubdirectory("neolia-phone-").FullName;
        await BrowserTrust.MakeAsync(home, options.AuthorityPem, cancellationToken);
        var driver = Path.Combine(Repository.Root, "tools", "LocalStack", "Media", "phone", "phone.mjs");
        var start = new ProcessStartInfo("setsid")
        {
            ArgumentList = { "sh", "-c", Run, "phone", home, NodePackages.Node, driver },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NODE_PACKAGES"] = NodePackages.Root, ["HOME"] = home, ["TMPDIR"] = home },
        };
        var phone = new BrowserPhone(Process.Start(start) ?? throw new InvalidOperationException("setsid could not be started"));
        try
        {
            var version = await phone.AskAsync(
                new
                {
                    Do = "open",
                    Executable = DebianBinary.Find("chromium", "chromium"),
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
    public async Task<PhoneEvent> ExpectAsync(string name, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            while (true)
                if (await _events.Reader.ReadAsync(deadline.Token) is var happened && happened.Name == name)
                    return happened;
        }
        catch (Exception e) when (e is ChannelClosedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new TimeoutException($"The phone did not say \"{name}\" within {Patience.TotalSeconds:0} s:\n{Log}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _driver.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            await _driver.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            _driver.Kill(entireProcessTree: true);
        }

        await _reading;
        _driver.Dispose();
    }

    private Task<JsonElement> DoAsync(string name, CancellationToken cancellationToken, params object[] arguments) =>
        AskAsync(new { Do = "call", name, arguments }, cancellationToken);

    // One at a time: a phone has one user.
    private async Task<JsonElement> AskAsync(object command, CancellationToken cancellationToken)
    {
        await _driver.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command, Format).AsMemory(), cancellationToken);
        await _driver.StandardInput.FlushAsync(cancellationToken);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            var answer = await _answers.Reader.ReadAsync(deadline.Token);
            return answer.TryGetProperty("answer", out var value)
                ? value
                : throw new InvalidOperationException($"The phone failed: {answer.GetProperty("error").GetString()}\n{Log}");
        }
        catch (Exception e) when (e is ChannelClosedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new TimeoutException($"The phone did not answer:\n{Log}", e);
        }
    }

    private async Task ReadAsync()
    {
        while (await _driver.StandardOutput.ReadLineAsync() is { } line)
        {
            var said = JsonElement.Parse(line);
            if (said.TryGetProperty("event", out var happened))
            {
                Note(string.Create(CultureInfo.InvariantCulture, $"{happened}"));
                _events.Writer.TryWrite(happened.Deserialize<PhoneEvent>(Format)!);
            }
            else
                _answers.Writer.TryWrite(said);
        }

        _answers.Writer.TryComplete();
        _events.Writer.TryComplete();
    }

    private void Note(string? line)
    {
        lock (_log)
            _log.AppendLine(line);
    }
}
