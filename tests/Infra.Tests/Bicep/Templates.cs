using System.Text.Json.Nodes;
using Neolia.Infra.Tests.Bicep;
using Neolia.LocalStack;

[assembly: AssemblyFixture(typeof(Templates))]

namespace Neolia.Infra.Tests.Bicep;

/// <summary>
/// A copy of infra, and what the compiler says would be deployed from it: the template with each parameter file,
/// evaluated as far as that goes without Azure.
/// </summary>
public sealed class Templates : IAsyncLifetime
{
    private readonly DirectoryInfo _copy = Directory.CreateTempSubdirectory("neolia-infra-");
    private readonly Dictionary<string, JsonNode> _snapshots = [];

    public string Folder => _copy.FullName;

    public async ValueTask InitializeAsync()
    {
        var infra = Path.Combine(Repository.Root, "infra");
        foreach (var file in Directory.EnumerateFiles(infra, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(Folder, Path.GetRelativePath(infra, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        foreach (var environment in new[] { "dev", "prod" })
        {
            var compilation = await BicepCompiler.RunAsync(
                Folder, BicepCompiler.Installation, CancellationToken.None,
                "snapshot", $"main.{environment}.bicepparam", "--mode", "overwrite", "--resource-group", $"neolia-{environment}", "--location", "francecentral",
                "--subscription-id", "00000000-0000-0000-0000-000000000001", "--tenant-id", "00000000-0000-0000-0000-000000000002");
            Assert.True(compilation is { ExitCode: 0, Complaints: "" }, compilation.Complaints);
            _snapshots[environment] = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, $"main.{environment}.snapshot.json")))!;
        }
    }

    /// <summary>Everything that would be deployed, as JSON text.</summary>
    public string TextOf(string environment) => _snapshots[environment].ToJsonString();

    public JsonNode OutputsOf(string environment) => _snapshots[environment]["outputs"]!;

    public IReadOnlyList<JsonNode> Resources(string environment) => [.. _snapshots[environment]["predictedResources"]!.AsArray().Select(r => r!)];

    public IReadOnlyList<JsonNode> Resources(string environment, string type) => [.. Resources(environment).Where(r => TypeOf(r) == type)];

    public JsonNode Resource(string environment, string type) => Assert.Single(Resources(environment, type));

    /// <summary>Settings of the function app; a value that only Azure knows is an expression in brackets.</summary>
    public IReadOnlyDictionary<string, string> AppSettings(string environment) =>
        Resource(environment, "Microsoft.Web/sites")["properties"]!["siteConfig"]!["appSettings"]!.AsArray()
            .ToDictionary(s => (string)s!["name"]!, s => (string)s!["value"]!);

    public static string TypeOf(JsonNode resource) => (string)resource["type"]!;

    public ValueTask DisposeAsync()
    {
        _copy.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
