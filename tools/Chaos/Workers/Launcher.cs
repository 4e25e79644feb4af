using System.Collections.Concurrent;
using System.Diagnostics;

namespace Neolia.Chaos.Workers;

/// <summary>
/// Starts processes that die with this one, stopped ones too: the kernel kills them (PR_SET_PDEATHSIG). That follows the
/// thread that forked, so one thread starts them all and lives as long as the run.
/// </summary>
internal sealed class Launcher : IDisposable
{
    private readonly BlockingCollection<(ProcessStartInfo Start, TaskCompletionSource<Process> Started)> _asked = [];
    private readonly Thread _thread;

    public Launcher()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "launcher" };
        _thread.Start();
    }

    /// <param name="log">What it writes is added to this file.</param>
    public Task<Process> StartAsync(string executable, string log, IEnumerable<KeyValuePair<string, string>> environment)
    {
        string[] command = executable.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", executable] : [executable];
        var start = new ProcessStartInfo("setpriv", ["--pdeathsig", "KILL", "sh", "-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", log, .. command])
        {
            WorkingDirectory = Path.GetDirectoryName(executable),
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked.Add((start, started));
        return started.Task;
    }

    public void Dispose()
    {
        _asked.CompleteAdding();
        _thread.Join();
        _asked.Dispose();
    }

    private void Run()
    {
        foreach (var (start, started) in _asked.GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        }
    }
}
