using System.Text.RegularExpressions;
using Neolia.LocalStack;

namespace Neolia.Infra.Tests.Operations;

/// <param name="Name">Of a block that is run; null for one that can't be run here, or has no mark.</param>
/// <param name="IsMarked">It says whether it is run.</param>
internal sealed record GuideBlock(string? Name, bool IsMarked, string Language, string Text);

/// <summary>docs/operations.md, whose blocks are run word for word.</summary>
internal static partial class OperationsGuide
{
    public static string Text { get; } = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));

    public static IReadOnlyList<GuideBlock> Blocks { get; } =
    [
        .. Fenced().Matches(Text).Select(block => new GuideBlock(
            block.Groups["name"] is { Success: true } name ? name.Value : null,
            block.Groups["mark"].Success,
            block.Groups["language"].Value,
            block.Groups["text"].Value)),
    ];

    public static string Block(string name) => Blocks.Single(block => block.Name == name).Text;

    [GeneratedRegex("""(?:<!-- (?<mark>run: (?<name>[a-z-]+)|not run here: [^>\n]+) -->\n)?^ *```(?<language>[a-z]+)\n(?<text>.*?)\n *```$""", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fenced();
}
