using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Neolia.LocalStack;
using YamlDotNet.RepresentationModel;

namespace Neolia.Infra.Tests.Workflows;

public sealed partial class WorkflowTests
{
    [Fact]
    public void Actions_are_pinned_by_commit_and_say_which_version_that_is()
    {
        var uses = Workflow.All.SelectMany(workflow => Uses().Matches(workflow.Text).Select(match => match.Groups[1].Value)).ToList();

        Assert.NotEmpty(uses);
        Assert.All(uses.Where(action => !action.StartsWith("./", StringComparison.Ordinal)), action => Assert.Matches(Pinned(), action));
    }

    [Fact]
    public void No_workflow_uses_a_secret() =>
        Assert.All(Workflow.All, workflow => Assert.DoesNotMatch(Secret(), workflow.Text));

    [Fact]
    public void Nothing_is_permitted_but_reading_and_where_it_deploys_an_identity_token()
    {
        var permissions = Workflow.All.SelectMany(workflow => workflow.Jobs
            .Select(job => KeyValuePair.Create($"{workflow.Name}/{job.Key}", Workflow.Texts(job.Value, "permissions")))
            .Prepend(KeyValuePair.Create(workflow.Name, Workflow.Texts(workflow.Root, "permissions"))));

        Assert.Equal(
            [
                "build-test: contents read",
                "build-test/build-test: ",
                "deploy: ",
                "deploy/test: contents read",
                "deploy/preview: contents read, id-token write",
                "deploy/deploy: contents read, id-token write",
            ],
            permissions.Select(p => $"{p.Key}: {string.Join(", ", p.Value.Select(right => $"{right.Key} {right.Value}"))}"));
        Assert.All(Workflow.All, workflow => Assert.Contains("permissions", workflow.Root.Children.Keys.Select(key => key.ToString())));
    }

    [Fact]
    public void Deployment_waits_for_tests_preview_and_approval()
    {
        var deploy = Workflow.Named("deploy");

        Assert.Equal("test", Workflow.TextOf(deploy.Job("preview"), "needs"));
        Assert.Equal("preview", Workflow.TextOf(deploy.Job("deploy"), "needs"));
        Assert.Equal("./.github/workflows/build-test.yml", Workflow.TextOf(deploy.Job("test"), "uses"));
        Assert.Equal("${{ inputs.environment }}-preview", Workflow.TextOf(deploy.Job("preview"), "environment"));
        Assert.Equal("${{ inputs.environment }}", Workflow.Texts(deploy.Job("deploy"), "environment")["name"]);
        Assert.Contains("what-if", Scripts(deploy.Job("preview")), StringComparison.Ordinal);
        Assert.DoesNotContain("group create", Scripts(deploy.Job("preview")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_deployed_is_checked_afterwards()
    {
        var steps = Workflow.Steps(Workflow.Named("deploy").Job("deploy")).Select(step => Workflow.TextOf(step, "run") ?? "").ToList();

        string[] expected = ["az deployment group create", "config-zip", "infra/check.sh", "try-empty-password"];
        var order = expected.Select(what => steps.FindIndex(run => run.Contains(what, StringComparison.Ordinal))).ToList();

        Assert.Equal(order.Order(), order);
        Assert.True(order[0] > 0);
        Assert.Equal(steps.Count - 1, order[^1]);
    }

    [Fact]
    public void Installations_values_reach_the_template()
    {
        var read = Directory.EnumerateFiles(Path.Combine(Repository.Root, "infra"), "*.bicepparam")
            .SelectMany(file => Variable().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).Distinct().ToList();

        foreach (var job in (string[])["preview", "deploy"])
        {
            var environment = Workflow.Texts(Workflow.Named("deploy").Job(job), "env");
            Assert.All(read, variable => Assert.Equal($"${{{{ vars.{variable} }}}}", environment[variable]));
        }
    }

    [Fact]
    public void Bicep_is_the_version_of_the_tests()
    {
        var version = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .Single(package => (string?)package.Attribute("Include") == "Azure.Bicep.CommandLine.linux-x64").Attribute("Version")!.Value;
        string[] files = [Path.Combine(".github", "workflows", "deploy.yml"), Path.Combine("docs", "operations.md")];

        Assert.All(files, file => Assert.Contains($"az bicep install --version v{version}\n", File.ReadAllText(Path.Combine(Repository.Root, file)), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Scripts_are_good_bash_and_take_no_text_of_GitHubs_into_themselves()
    {
        foreach (var script in Workflow.All.SelectMany(workflow => workflow.Jobs).SelectMany(job => Workflow.Steps(job.Value)).Select(step => Workflow.TextOf(step, "run")).OfType<string>())
        {
            // An expression is pasted into the script before bash reads it: what a name holds would be run.
            Assert.DoesNotContain("${{", script, StringComparison.Ordinal);
            using var bash = Process.Start(new ProcessStartInfo("bash", ["-n"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
            await bash.StandardInput.WriteAsync(script);
            bash.StandardInput.Close();
            Assert.Equal("", await bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public void Every_job_ends_some_day() =>
        Assert.All(
            Workflow.All.SelectMany(workflow => workflow.Jobs).Where(job => Workflow.TextOf(job.Value, "uses") is null),
            job => Assert.InRange(int.Parse(Workflow.TextOf(job.Value, "timeout-minutes")!, System.Globalization.CultureInfo.InvariantCulture), 1, 60));

    private static string Scripts(YamlMappingNode job) => string.Join('\n', Workflow.Steps(job).Select(step => Workflow.TextOf(step, "run")));

    [GeneratedRegex(@"^\s*-?\s*uses:\s*(.+?)\s*$", RegexOptions.Multiline)]
    private static partial Regex Uses();

    [GeneratedRegex(@"^[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+\z")]
    private static partial Regex Pinned();

    [GeneratedRegex(@"\bsecrets\b|password:", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    [GeneratedRegex(@"readEnvironmentVariable\('([A-Z_]+)'")]
    private static partial Regex Variable();
}
