using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace Neolia.LocalStack.Supervision;

/// <summary>
/// One server under a small shell that outlives neither us nor it: our end of a pipe is our sign of life.
/// Not PR_SET_PDEATHSIG: that follows the thread that forked, and .NET's threads come and go (prctl(2)).
/// </summary>
public sealed class SupervisedServer : IAsyncDisposable
{
    private static readonly string Script = ReadScript();
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FolderDeadline = TimeSpan.FromSeconds(10);

    private readonly ServerCommand _command;
    private readonly Process _supervisor;
    private readonly Channel<string> _answers = Channel.CreateUnbounded<string>();
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _disposed;

    private SupervisedServer(ServerCommand command, Process supervisor)
    {
        _command = command;
        _supervisor = supervisor;
        _ = ReadAnswersAsync();
    }

    public string Name => _command.Name;

    public string Folder => _command.Folder;

    /// <summary>Process id of the server; 0 before the first start.</summary>
    public int ProcessId { get; private set; }

    public bool IsRunning => ProcessId != 0 && !_exited.Task.IsCompleted;

    /// <summary>Completes with the exit code (128 + signal when killed) of the current run.</summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>Everything the server wrote on standard output and standard error.</summary>
    public string Log => ReadLog(Path.Combine(Folder, "server.log"));

    /// <summary>Makes the folder; the server starts with <see cref="StartAsync"/>, once its files are in it.</summary>
    public static async Task<SupervisedServer> PrepareAsync(ServerCommand command, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("setsid")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = command.WorkingDirectory ?? "",
        };
        foreach (var argument in (string[])["sh", "-c", Script, "supervise", command.Folder, .. command.Command])
            start.ArgumentList.Add(argument);
        start.Environment["TMPDIR"] = command.Folder; // What it leaves there goes with the folder.
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;

        var supervisor = Process.Start(start) ?? throw new InvalidOperationException("sh could not be started");
        var server = new SupervisedServer(command, supervisor);
        try
        {
            await server.AnswerAsync("ready", cancellationToken);
            await server.SayAsync($"last-signal {command.LastSignal} {Twentieths(command.LastPatience)}");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server, or starts it again after it has ended, in the same folder.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (IsRunning)
                throw new InvalidOperationException($"{Name} is running");
            _exited = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            await SayAsync("start");
            var answer = await AnswerAsync("started", cancellationToken);
            ProcessId = int.Parse(answer["started ".Length..], CultureInfo.InvariantCulture);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Ends the server with a signal, SIGKILL after <paramref name="patience"/>; its folder stays.</summary>
    public async Task StopAsync(string signal, TimeSpan patience, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await SayAsync($"stop {signal} {Twentieths(patience)}");
            await AnswerAsync("stopped", cancellationToken, patience);
        }
        finally
        {
            _one.Release();
        }
    }

    public string LogTail(int lines = 40) => string.Join('\n', Log.TrimEnd().Split('\n').TakeLast(lines));

    /// <summary>
    /// Ends the server and deletes its folder. A folder that takes long, such as hundreds of databases, is left to the
    /// supervisor, which goes on without us.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        _supervisor.StandardInput.Close();
        using var deadline = new CancellationTokenSource(_command.LastPatience + AnswerDeadline);
        await _ended.Task.WaitAsync(deadline.Token);
        using var cleaning = new CancellationTokenSource(FolderDeadline);
        await _supervisor.WaitForExitAsync(cleaning.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _supervisor.Dispose();
        _one.Dispose();
    }

    private static string Twentieths(TimeSpan time) =>
        Math.Ceiling(time.TotalSeconds * 20).ToString(CultureInfo.InvariantCulture);

    private async Task SayAsync(string command)
    {
        await _supervisor.StandardInput.WriteAsync(command + "\n");
        await _supervisor.StandardInput.FlushAsync();
    }

    private async Task<string> AnswerAsync(string expected, CancellationToken cancellationToken, TimeSpan extra = default)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(AnswerDeadline + extra);
        try
        {
            var answer = await _answers.Reader.ReadAsync(deadline.Token);
            return answer.StartsWith(expected, StringComparison.Ordinal)
                ? answer
                : throw new InvalidOperationException($"{Name}: its supervisor answered \"{answer}\" instead of \"{expected}\"");
        }
        catch (ChannelClosedException e)
        {
            throw new ServerStartException($"{Name}: its supervisor ended", LogTail(), e);
        }
    }

    private async Task ReadAnswersAsync()
    {
        // "exited" comes at any time and is not an answer to anything; the others are, in order.
        while (await _supervisor.StandardOutput.ReadLineAsync() is { } line && line != "ended")
            if (line.StartsWith("exited ", StringComparison.Ordinal))
                _exited.TrySetResult(int.Parse(line["exited ".Length..], CultureInfo.InvariantCulture));
            else
                _answers.Writer.TryWrite(line);
        _ended.TrySetResult();
        _exited.TrySetResult(-1);
        _answers.Writer.TryComplete();
    }

    private static string ReadLog(string path)
    {
        if (!File.Exists(path))
            return "";
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    private static string ReadScript()
    {
        using var stream = typeof(SupervisedServer).Assembly.GetManifestResourceStream("supervise.sh")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
