namespace Neolia.LocalStack.Supervision;

/// <summary>A program that a Debian package brings.</summary>
public static class DebianBinary
{
    private static readonly string[] Folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>Full path of <paramref name="program"/>; a missing one is named together with its package.</summary>
    public static string Find(string program, string package, IEnumerable<string>? folders = null)
    {
        // PATH first (a person's own Node, for example), then where Debian puts servers, which few have on their PATH.
        var path = Environment.GetEnvironmentVariable("PATH")?.Split(':') ?? [];
        return (folders ?? [.. path, .. Folders])
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists)
            ?? throw Missing(program, package);
    }

    /// <summary>A file that a package brings, such as a schema.</summary>
    public static string RequireFile(string path, string package) =>
        File.Exists(path) ? path : throw Missing(path, package);

    private static FileNotFoundException Missing(string what, string package) =>
        new($"{what} is missing. It comes with the Debian package {package}: apt-get install {package} (./dev does that by itself).");
}
