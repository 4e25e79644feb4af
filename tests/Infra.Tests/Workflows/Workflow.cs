using Neolia.LocalStack;
using YamlDotNet.RepresentationModel;

namespace Neolia.Infra.Tests.Workflows;

/// <summary>A workflow of GitHub Actions, its anchors resolved.</summary>
internal sealed class Workflow
{
    private Workflow(string name, string text)
    {
        (Name, Text) = (name, text);
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        Root = (YamlMappingNode)stream.Documents[0].RootNode;
    }

    public static IReadOnlyList<Workflow> All { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, ".github", "workflows"), "*.yml").Order(StringComparer.Ordinal)
            .Select(file => new Workflow(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file))),
    ];

    public string Name { get; }

    public string Text { get; }

    public YamlMappingNode Root { get; }

    public IEnumerable<KeyValuePair<string, YamlMappingNode>> Jobs =>
        ((YamlMappingNode)Root["jobs"]).Select(job => KeyValuePair.Create(job.Key.ToString(), (YamlMappingNode)job.Value));

    public static Workflow Named(string name) => All.Single(workflow => workflow.Name == name);

    public YamlMappingNode Job(string name) => Jobs.Single(job => job.Key == name).Value;

    public static IEnumerable<YamlMappingNode> Steps(YamlMappingNode job) =>
        job.Children.TryGetValue("steps", out var steps) ? ((YamlSequenceNode)steps).Cast<YamlMappingNode>() : [];

    /// <summary>A mapping of texts, such as permissions or variables; empty where there is none.</summary>
    public static IReadOnlyDictionary<string, string> Texts(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var value) && value is YamlMappingNode mapping
            ? mapping.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value.ToString())
            : new Dictionary<string, string>();

    public static string? TextOf(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? value.ToString() : null;
}
