using System.Diagnostics;
using System.Text.RegularExpressions;
using Neolia.Functions.Settings;
using Neolia.Infra.Tests.Bicep;
using Neolia.LocalStack;

namespace Neolia.Infra.Tests.Operations;

/// <summary>The guide itself: complete, and honest about what is run.</summary>
public sealed partial class GuideTests
{
    [Fact]
    public void Every_block_of_commands_is_run_or_says_why_not()
    {
        // The values of an installation to be filled in, a query for the portal, and the older drafts' SQL, which OlderDraftTests runs.
        var unmarked = OperationsGuide.Blocks.Where(block => !block.IsMarked).Select(block => $"{block.Language} {block.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[0]}");

        Assert.Equal(["sh export", "kusto traces", "sql begin;", "sql insert"], unmarked);
    }

    [Fact]
    public void Every_block_that_is_said_to_be_run_is_run()
    {
        var tests = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "Infra.Tests", "Operations"), "*.cs").Select(File.ReadAllText).ToList();

        Assert.All(
            OperationsGuide.Blocks.Where(block => block.Name is not null),
            block => Assert.Contains(tests, test => test.Contains($"\"{block.Name}\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Every_block_is_good_bash()
    {
        foreach (var block in OperationsGuide.Blocks.Where(block => block.Language == "sh"))
        {
            using var bash = Process.Start(new ProcessStartInfo("bash", ["-n"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
            await bash.StandardInput.WriteAsync(block.Text + "\n");
            bash.StandardInput.Close();
            Assert.Equal("", await bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public void Table_names_what_the_parameter_files_read()
    {
        var read = Directory.EnumerateFiles(Path.Combine(Repository.Root, "infra"), "*.bicepparam")
            .SelectMany(file => Variable().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value);
        var table = TableRow().Matches(OperationsGuide.Text).Select(match => match.Groups[1].Value);

        Assert.Equal(read.Append("RESOURCE_GROUP").Distinct().Order(StringComparer.Ordinal), table.Order(StringComparer.Ordinal));
        Assert.Equal(BicepCompiler.Installation.Keys.Append("KAMAILIO_ROOT_CERTIFICATE").Order(StringComparer.Ordinal), read.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_secret_has_a_rotation()
    {
        var rotation = OperationsGuide.Text[OperationsGuide.Text.IndexOf("\n## Rotation", StringComparison.Ordinal)..OperationsGuide.Text.IndexOf("\n## Restore", StringComparison.Ordinal)];

        Assert.All(SettingRegistry.All.Where(s => s.VaultSecret is not null), secret => Assert.Contains(secret.VaultSecret!, rotation, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_link_leads_somewhere()
    {
        Assert.All(Link().Matches(OperationsGuide.Text).Select(link => link.Groups[1].Value.Split('#')), target =>
        {
            var text = target[0].Length == 0 ? OperationsGuide.Text : File.ReadAllText(Path.Combine(Repository.Root, "docs", target[0]));
            if (target.Length > 1)
                Assert.Contains(target[1], Heading().Matches(text).Select(heading => NoAnchor().Replace(heading.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-')));
        });
    }

    [GeneratedRegex(@"readEnvironmentVariable\('([A-Z_]+)'")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^\| `([A-Z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^a-z0-9 -]")]
    private static partial Regex NoAnchor();

    [GeneratedRegex(@"\]\((?!https:)([^)]+)\)")]
    private static partial Regex Link();
}
