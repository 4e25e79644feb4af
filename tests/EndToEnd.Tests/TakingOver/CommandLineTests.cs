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
        foreach (var verb in (string[])["check", "drain", "account", "secure-subscribers", "adopt", "move-password-hashes", "try-empty-password", "reconcile", "settings"])
        {
            Assert.Contains(verb, help.Output, StringComparison.Ordinal);
            var own = await Verb.RunAsync(NoSettings, verb, "--help");
            Assert.Equal(0, own.ExitCode);
            Assert.Contains("--json", own.Output, StringComparison.Ordinal);
            if (verb is "secure-subscribers" or "adopt" or "move-password-hashes" or "reconcile")
                Assert.Contains("--dry-run", own.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("secure-subscribers --nonsense")]
    [InlineData("adopt")]
    [InlineData("adopt panel101")]
    [InlineData("adopt --all panel101@sip.neolia.app")]
    [InlineData("move-password-hashes panel101")]
    [InlineData("account")]
    [InlineData("account panel101@")]
    [InlineData("account a@b@c")]
    [InlineData("try-empty-password")]
    [InlineData("try-empty-password panel101")]
    [InlineData("drain now")]
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
        Assert.Contains("Supabase__ConnectionString is missing; it is an app setting", verb.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secure-subscribers --json --nonsense", "--nonsense")]
    [InlineData("account a@b@c --json", "'a@b@c' is not NAME or NAME@DOMAIN.")]
    [InlineData("move-password-hashes --json", "Supabase__ConnectionString is missing")]
    [InlineData("secure-subscribers --json", "Kamailio__ConnectionString is missing")]
    public async Task A_program_is_told_in_one_object_what_is_wrong(string arguments, string error)
    {
        var verb = await Verb.RunAsync(NoSettings, arguments.Split(' '));

        Assert.Equal((2, false), (verb.ExitCode, verb.Json.GetProperty("success").GetBoolean()));
        Assert.Contains(error, verb.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains(error, verb.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_are_listed_for_people_and_for_programs_without_any_being_there()
    {
        var list = await Verb.RunAsync(NoSettings, "settings");
        var json = (await Verb.RunAsync(NoSettings, "settings", "--json")).Json.GetProperty("settings");

        Assert.Equal((0, ""), (list.ExitCode, list.Errors));
        Assert.All(json.EnumerateArray(), setting => Assert.Contains(setting.GetProperty("name").GetString()!, list.Output, StringComparison.Ordinal));
        var password = Assert.Single(json.EnumerateArray(), setting => setting.GetProperty("name").GetString() == "Supabase__Password");
        Assert.Equal(("secret", "supabase-password"), (password.GetProperty("source").GetString(), password.GetProperty("vault_secret").GetString()));
        var connection = Assert.Single(json.EnumerateArray(), setting => setting.GetProperty("name").GetString() == "Supabase__ConnectionString");
        Assert.Equal(("app_setting", "supabase.poolerHost", true),
            (connection.GetProperty("source").GetString(), connection.GetProperty("bicep_parameter").GetString(), connection.GetProperty("required").GetBoolean()));
    }
}
