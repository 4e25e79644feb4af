using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Neolia.LocalStack;

namespace Neolia.Chaos.Mutants;

/// <summary>The program with all deliberate bugs, each asleep until its name is in the environment. In artifacts/chaos, never deployed.</summary>
internal static class MutantBuild
{
    private static readonly string Folder = Path.Combine(Repository.Root, "artifacts", "chaos");

    /// <summary>Publishes it, unless it is there already, and answers its executable.</summary>
    public static async Task<string> PublishAsync(CancellationToken cancellationToken)
    {
        var texts = Files().ToDictionary(file => file, file => File.ReadAllText(Path.Combine(Repository.Root, file)));
        foreach (var (file, text) in Edited(file => texts[file]))
            texts[file] = text;
        texts[Path.Combine("src", "Shared", "Mutant.cs")] = Mutant.Source;

        var (copy, app) = (Path.Combine(Folder, "copy"), Path.Combine(Folder, "app"));
        var stamp = Path.Combine(app, ".neolia-inputs");
        var inputs = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(texts.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => t.Key + '\n' + t.Value)))));
        if (!File.Exists(stamp) || await File.ReadAllTextAsync(stamp, cancellationToken) != inputs)
        {
            if (Directory.Exists(copy))
                Directory.Delete(copy, recursive: true);
            foreach (var (file, text) in texts)
                Write(copy, file, text);
            await RunAsync("dotnet", ["publish", Path.Combine(copy, "src", "Functions"), "-c", "Release", "-o", app, "-v", "quiet"], cancellationToken);
            await File.WriteAllTextAsync(stamp, inputs, cancellationToken);
        }

        return Path.Combine(app, "Neolia.Functions");
    }

    /// <summary>The files that the bugs change, as they leave them. Throws where a text to replace does not stand exactly once.</summary>
    public static IReadOnlyDictionary<string, string> Edited(Func<string, string> read)
    {
        var texts = new Dictionary<string, string>();
        foreach (var (mutant, edit) in Mutant.All.SelectMany(mutant => mutant.Edits.Select(edit => (mutant, edit))))
        {
            var text = texts.GetValueOrDefault(edit.File) ?? read(edit.File);
            if (text.Split(edit.Find).Length != 2)
                throw new InvalidOperationException($"The bug '{mutant.Name}' replaces a text of {edit.File} that should stand there once: {edit.Find}");
            texts[edit.File] = text.Replace(edit.Find, edit.Replace.TrimEnd('\n'), StringComparison.Ordinal);
        }

        return texts;
    }

    private static IEnumerable<string> Files() => Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*", SearchOption.AllDirectories)
        .Concat(Directory.EnumerateFiles(Repository.Root, "Directory.*.props"))
        .Append(Path.Combine(Repository.Root, "global.json")).Append(Path.Combine(Repository.Root, "host.json"))
        .Select(file => Path.GetRelativePath(Repository.Root, file))
        .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal));

    private static void Write(string folder, string file, string text)
    {
        var path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static async Task RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var said = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{said}");
    }
}
