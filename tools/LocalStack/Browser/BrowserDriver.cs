using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Neolia.LocalStack.Supabase;
using Neolia.LocalStack.Supervision;

namespace Neolia.LocalStack.Browser;

/// <summary>
/// A script on Node that drives headless Chromium, in a home folder of its own (see chromium.mjs). Our end of its
/// standard input is its sign of life.
/// </summary>
internal sealed class BrowserDriver : IAsyncDisposable
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
    private readonly Channel<JsonElement> _events = Channel.CreateUnbounded<JsonElement>();
    private readonly StringBuilder _log = new();
    private readonly Task _reading;

    private BrowserDriver(Process driver)
    {
        _driver = driver;
        _driver.ErrorDataReceived += (_, line) => Note(line.Data);
        _driver.BeginErrorReadLine();
        _reading = ReadAsync();
    }

    /// <summary>The browser's executable, of Debian's package.</summary>
    public static string Chromium => DebianBinary.Find("chromium", "chromium");

    /// <summary>What happened so far, and what pages wrote to their consoles.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <param name="script">The script's full path.</param>
    /// <param name="prepare">Fills the home folder before the browser sees it.</param>
    public static async Task<BrowserDriver> StartAsync(string script, Func<string, Task>? prepare = null)
    {
        var home = Directory.CreateTempSubdirectory("neolia-browser-").FullName;
        if (prepare is not null)
            await prepare(home);
        var start = new ProcessStartInfo("setsid")
        {
            ArgumentList = { "sh", "-c", Run, "browser", home, NodePackages.Node, script },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NODE_PACKAGES"] = NodePackages.Root, ["HOME"] = home, ["TMPDIR"] = home },
        };
        return new BrowserDriver(Process.Start(start) ?? throw new InvalidOperationException("setsid could not be started"));
    }

    /// <summary>What a command answers, one at a time: a browser has one user. Throws with the log when it fails.</summary>
    public async Task<JsonElement> AskAsync(object command, CancellationToken cancellationToken)
    {
        await _driver.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command, Format).AsMemory(), cancellationToken);
        await _driver.StandardInput.FlushAsync(cancellationToken);
        var answer = await ReadAsync(_answers, "did not answer", cancellationToken);
        return answer.TryGetProperty("answer", out var value)
            ? value
            : throw new InvalidOperationException($"The browser failed: {answer.GetProperty("error").GetString()}\n{Log}");
    }

    /// <summary>The next event of that name; others before it are passed over. Throws with the log when none comes.</summary>
    public async Task<JsonElement> ExpectAsync(string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            var happened = await ReadAsync(_events, $"did not say \"{name}\"", cancellationToken);
            if (happened.GetProperty("name").GetString() == name)
                return happened;
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

    private async Task<JsonElement> ReadAsync(Channel<JsonElement> channel, string inVain, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            return await channel.Reader.ReadAsync(deadline.Token);
        }
        catch (Exception e) when (e is ChannelClosedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new TimeoutException($"The browser {inVain} within {Patience.TotalSeconds:0} s:\n{Log}", e);
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
                _events.Writer.TryWrite(happened);
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
