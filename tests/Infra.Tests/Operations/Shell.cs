using System.Diagnostics;
using System.Runtime.Versioning;
using Neolia.LocalStack;

[assembly: SupportedOSPlatform("linux")]

namespace Neolia.Infra.Tests.Operations;

/// <summary>
/// The operator's shell: bash in the root of the working copy, with the clients of both databases set up, and with a
/// stand-in for <c>az keyvault secret</c>, which keeps the secrets as files.
/// </summary>
internal sealed class Shell : IDisposable
{
    private const string AzureCli = """
        #!/usr/bin/env bash
        set -euo pipefail
        [ "$1 $2" = "keyvault secret" ] || { echo "az $* can't be run here" >&2; exit 1; }
        verb=$3
        shift 3
        while [ $# -gt 0 ]; do
          case $1 in
            --name) name=$2 ;;
            --file) file=$2 ;;
            --vault-name | --output | --query) ;;
            *) echo "az keyvault secret $verb has no $1" >&2; exit 1 ;;
          esac
          shift 2
        done
        case $verb in
          set) cat "$file" > "$AZURE_VAULT/$name" ;;
          show) cat "$AZURE_VAULT/$name"; echo ;;
        esac
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neolia-operator-");
    private readonly Dictionary<string, string> _environment = [];

    public Shell()
    {
        Home = _folder.CreateSubdirectory("home").FullName;
        Programs = _folder.CreateSubdirectory("bin").FullName;
        Vault = _folder.CreateSubdirectory("vault").FullName;
        AddProgram("az", AzureCli);
        this["HOME"] = Home;
        this["PATH"] = $"{Programs}:{Environment.GetEnvironmentVariable("PATH")}";
        this["AZURE_VAULT"] = Vault;
        this["VAULT"] = "neolia-test";
    }

    public string Home { get; }

    /// <summary>Secrets of the vault, a file for each.</summary>
    public string Vault { get; }

    private string Programs { get; }

    public string this[string variable]
    {
        set => _environment[variable] = value;
    }

    public void AddProgram(string name, string script)
    {
        var file = Path.Combine(Programs, name);
        File.WriteAllText(file, script + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Runs blocks of the guide one after the other in one shell, as the operator does.</summary>
    /// <returns>What they wrote, to both streams.</returns>
    public Task<string> RunAsync(params string[] blocks) => RunScriptAsync(string.Join('\n', blocks.Select(OperationsGuide.Block)), string.Join(", ", blocks));

    public async Task<string> RunScriptAsync(string text, string what = "script")
    {
        var script = Path.Combine(_folder.FullName, "script.sh");
        await File.WriteAllTextAsync(script, text + "\n");
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", script])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        using var bash = Process.Start(start)!;
        bash.StandardInput.Close();
        var output = bash.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = await bash.StandardError.ReadToEndAsync(CancellationToken.None);
        await bash.WaitForExitAsync(CancellationToken.None);
        var written = await output + errors;
        return bash.ExitCode == 0 ? written : throw new InvalidOperationException($"{what}: exit code {bash.ExitCode}\n{written}");
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
