using System.IO.Compression;

namespace Neolia.FunctionsHost;

/// <summary>A package as it is deployed: an archive that is unpacked with the modes that stand in it.</summary>
public sealed class FunctionPackage
{
    private FunctionPackage(string folder, HostFile host, IReadOnlyList<HostedFunction> functions)
    {
        Folder = folder;
        Host = host;
        Functions = functions;
    }

    public string Folder { get; }

    public HostFile Host { get; }

    public IReadOnlyList<HostedFunction> Functions { get; }

    /// <summary>The program that the host starts.</summary>
    public string Executable => Path.Combine(Folder, Host.ExecutablePath);

    /// <summary>Unpacks it into <paramref name="folder"/>, which must be new, and reads it.</summary>
    public static FunctionPackage Unpack(string archive, string folder)
    {
        // Of .NET's own methods it is the one that keeps Unix modes.
        ZipFile.ExtractToDirectory(archive, folder);
        return Read(folder);
    }

    /// <exception cref="HostStartException">The real host would not start it either.</exception>
    public static FunctionPackage Read(string folder)
    {
        var host = HostFile.Read(folder);
        var package = new FunctionPackage(folder, host,
        [
            .. Directory.EnumerateDirectories(folder)
                .Where(function => File.Exists(Path.Combine(function, "function.json")))
                .Select(function => HostedFunction.Read(function, host.RoutePrefix)),
        ]);
        if (!File.Exists(package.Executable))
            throw new HostStartException($"defaultExecutablePath names {host.ExecutablePath}, which is not in the package");
        if (!File.GetUnixFileMode(package.Executable).HasFlag(UnixFileMode.UserExecute))
            throw new HostStartException($"{host.ExecutablePath} may not be executed: its mode in the archive is wrong");
        return package;
    }
}
