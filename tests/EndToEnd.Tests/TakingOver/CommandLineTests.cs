namespace Neolia.EndToEnd.Tests.TakingOver;

/// <summary>How the program speaks to an operator.</summary>
public sealed class CommandLineTests
{
    private static readonly Dictionary<string, string> NoSettings = [];

    [Fact]
    public async Task Help_names_every_verb_and_each_explains_itself()
    {
        var help = await Verb.RunAsync(NoSettings, "--help");

        Assert.Equal((0, ""), (help.ExitCode, help.Errors));
        foreach (var verb in (string[])["secure-subscribers", "adopt", "move-password-hashes"])
        {
            Assert.Contains(verb, help.Output, StringComparison.Ordinal);
            var own = await Verb.RunAsync(NoSettings, verb, "--help");
            Assert.Equal(0, own.ExitCode);
            Assert.Contains("--dry-run", own.Output, StringComparison.Ordinal);
            Assert.Contains("--json", own.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("secure-subscribers --nonsense")]
    [InlineData("adopt")]
    [InlineData("adopt panel101")]
    [InlineData("adopt --all panel101@sip.neolia.app")]
    [InlineData("move-password-hashes panel101")]
    public async Task Wrong_usage_is_2_with_a_sentence(string arguments)
    {
        var verb = await Verb.RunAsync(NoSettings, arguments.Split(' '));

        Assert.Equal((2, ""), (verb.ExitCode, verb.Output));
        Assert.Contains("--help", verb.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_setting_is_2_and_says_which()
    {
        var verb = await Verb.RunAsync(NoSettings, "move-password-hashes");

        Assert.Equal((2, ""), (verb.ExitCode, verb.Output));
        Assert.StartsWith("Supabase__ConnectionString must be", verb.Errors, StringComparison.Ordinal);
    }
}
