namespace Neolia.LocalStack;

/// <summary>The working copy that this program was built in.</summary>
public static class Repository
{
    /// <summary>Its root: the nearest folder upwards that holds the solution.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory) ?? Find(Environment.CurrentDirectory)
        ?? throw new DirectoryNotFoundException("Neolia.Functions.sln is in no folder above this program or the current folder");

    private static string? Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Neolia.Functions.sln")))
                return folder.FullName;
        return null;
    }
}
