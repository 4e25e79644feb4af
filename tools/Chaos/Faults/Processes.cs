using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Neolia.Chaos.Faults;

/// <summary>Looks at the machine's processes, and signals them.</summary>
internal static class Processes
{
    public const int Stop = 19;
    public const int Continue = 18;

    /// <summary>Kills a process with all its children. It is stopped first: nobody is born in between.</summary>
    public static async Task KillFamilyAsync(int parent, CancellationToken cancellationToken)
    {
        _ = Signal(parent, Stop);
        var children = ChildrenOf(parent);
        foreach (var child in children)
            Kill(child);
        Kill(parent);
        while (children.Any(child => Directory.Exists($"/proc/{child}")))
            await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    public static extern int Signal(int process, int signal);

    private static List<int> ChildrenOf(int parent)
    {
        var children = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) && ParentOf(folder) == parent)
                children.Add(id);
        }

        return children;
    }

    public static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // It is gone already.
        }
    }

    private static int ParentOf(string folder)
    {
        try
        {
            // The name stands in brackets and may hold blanks; the parent is the second field behind it.
            var status = File.ReadAllText(Path.Combine(folder, "stat"));
            return int.Parse(status[(status.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return -1;
        }
    }
}
