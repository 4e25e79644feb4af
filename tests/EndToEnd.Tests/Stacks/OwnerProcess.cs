using System.Diagnostics;
using System.Runtime.Versioning;

namespace Neolia.EndToEnd.Tests.Stacks;

/// <summary>./dev up as a process of its own, with all its temporary folders in one place and a mark on its children.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class OwnerProcess : IDisposable
{
    private readonly Process _process;

    private OwnerProcess(Process process, string folder)
    {
        _process = process;
        Folder = folder;
    }

    /// <summary>TMPDIR of the owner and of all that it starts.</summary>
    public string Folder { get; }

    public static OwnerProcess Start()
    {
        // Servers that don't run as root must get through to their own folders in it.
        var folder = Path.Combine(Path.GetTempPath(), $"neolia-owner-{Guid.NewGuid():N}"[..28]);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(DevProgram());
        start.ArgumentList.Add("up");
        start.Environment["TMPDIR"] = folder;
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // As ./dev does: a killed runtime leaves its socket.
        return new OwnerProcess(Process.Start(start)!, folder);
    }

    /// <summary>Returns once the stack is up; fails with what the owner said when it isn't.</summary>
    public async Task UpAsync(CancellationToken cancellationToken)
    {
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            if (line.StartsWith("Ctrl-C", StringComparison.Ordinal))
                return;
        Assert.Fail(await _process.StandardError.ReadToEndAsync(cancellationToken));
    }

    /// <param name="signal">Without the prefix SIG.</param>
    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public async Task<int> ExitCodeAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Processes that carry this owner's TMPDIR, the owner included.</summary>
    public IReadOnlyList<string> Processes() =>
        [.. Directory.GetDirectories("/proc")
            .Where(process => char.IsAsciiDigit(Path.GetFileName(process)[0]) && Carries(process))
            .Select(process => Path.GetFileName(process))];

    /// <summary>What is in its TMPDIR.</summary>
    public IReadOnlyList<string> Entries() => [.. Directory.GetFileSystemEntries(Folder)];

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private bool Carries(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "environ")).Contains($"TMPDIR={Folder}", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has ended, or it is somebody else's
        }
    }

    private static string DevProgram()
    {
        // Built beside this project, with the same configuration.
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        return Path.Combine(Neolia.LocalStack.Repository.Root, "tools", "Dev", "bin", configuration, "net10.0", "Neolia.Dev.dll");
    }
}
