using Neolia.LocalStack;

namespace Neolia.Infra.Tests.Bicep;

public sealed class CompilerTests(Templates templates)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("build", "main.bicep")]
    [InlineData("lint", "main.bicep")]
    [InlineData("build-params", "main.dev.bicepparam")]
    [InlineData("build-params", "main.prod.bicepparam")]
    public async Task Compiler_and_linter_have_nothing_to_say(string verb, string file)
    {
        string[] output = verb == "lint" ? [] : ["--stdout"];

        var compilation = await BicepCompiler.RunAsync(templates.Folder, BicepCompiler.Installation, Cancelled, [verb, file, .. output]);

        Assert.Equal("", compilation.Complaints);
        Assert.Equal(0, compilation.ExitCode);
    }

    [Fact]
    public async Task Linter_would_say_something()
    {
        await File.WriteAllTextAsync(Path.Combine(templates.Folder, "careless.bicep"), "param unused string\noutput password string = 'a'\n", Cancelled);

        var compilation = await BicepCompiler.RunAsync(templates.Folder, BicepCompiler.Installation, Cancelled, "lint", "careless.bicep");

        Assert.NotEqual(0, compilation.ExitCode);
        Assert.Contains("Error no-unused-params", compilation.Complaints, StringComparison.Ordinal);
        Assert.Contains("Error outputs-should-not-contain-secrets", compilation.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_value_of_an_installation_is_named()
    {
        var without = BicepCompiler.Installation.Where(v => v.Key != "ALERT_MAIL").ToDictionary();

        var compilation = await BicepCompiler.RunAsync(templates.Folder, without, Cancelled, "build-params", "main.prod.bicepparam", "--stdout");

        Assert.NotEqual(0, compilation.ExitCode);
        Assert.Contains("ALERT_MAIL", compilation.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_parameter_and_output_says_what_it_is()
    {
        var undescribed =
            from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "infra"), "*.bicep", SearchOption.AllDirectories)
            let lines = File.ReadAllLines(file)
            from number in Enumerable.Range(1, lines.Length - 1)
            where lines[number].StartsWith("param ", StringComparison.Ordinal) || lines[number].StartsWith("output ", StringComparison.Ordinal)
            let decorators = lines[..number].Reverse().TakeWhile(line => line.StartsWith('@'))
            where !decorators.Any(line => line.StartsWith("@description(", StringComparison.Ordinal))
            select $"{Path.GetFileName(file)}: {lines[number]}";

        Assert.Empty(undescribed);
    }
}
