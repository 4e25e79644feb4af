using Neolia.EndToEnd.Tests.Http;
using Neolia.EndToEnd.Tests.TakingOver;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Checking;

/// <summary>The published program asked for one account, beside the running server.</summary>
public sealed class AccountVerbTests(StackFixture shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task Both_sides_are_shown_and_no_digest()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        Assert.Equal(200, await account.RegisterAsync(_stack, await dashboard.IssueAsync(account)));

        var verb = await Verb.RunAsync(_stack.AppSettings, "account", account.Username);
        var json = (await Verb.RunAsync(_stack.AppSettings, "account", $"{account.Username}@{account.Domain}", "--json")).Json;

        Assert.True(verb.ExitCode == 0, verb.Text);
        Assert.Contains("enabled panel of Les Tilleuls / A / 401", verb.Output, StringComparison.Ordinal);
        Assert.Contains("Both sides agree.", verb.Output, StringComparison.Ordinal);
        Assert.Equal((account.Id, "synced"), (json.GetProperty("supabase").GetProperty("id").GetGuid(), json.GetProperty("supabase").GetProperty("state").GetString()));
        Assert.Equal((account.Id, 1), (json.GetProperty("kamailio").GetProperty("owner").GetGuid(), json.GetProperty("kamailio").GetProperty("registered_devices").GetInt32()));
        Assert.DoesNotMatch("[0-9a-f]{32}", verb.Text + json.GetRawText());
    }

    [Fact]
    public async Task What_was_changed_by_hand_is_named_with_what_to_do()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        await dashboard.IssueAsync(account);
        await _stack.ExecuteKamailioAsync("update subscriber set ha1 = md5('by hand') where username = @p0", account.Username);

        var verb = await Verb.RunAsync(_stack.AppSettings, "account", account.Username);

        Assert.Equal(1, verb.ExitCode);
        Assert.Contains("! The digests differ", verb.Output, StringComparison.Ordinal);
        Assert.Contains("changed by hand", verb.Output, StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9a-f]{32}", verb.Text);
        Assert.True((await dashboard.SyncAllAsync())["success"].GetBoolean());
        Assert.Equal(0, (await Verb.RunAsync(_stack.AppSettings, "account", account.Username)).ExitCode);
    }

    [Fact]
    public async Task A_name_that_a_guest_has_is_told_with_its_reason()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var guest = $"guest-{Guid.NewGuid():N}";
        await _stack.ExecuteKamailioAsync("insert into subscriber (username, domain, ha1, ha1b) values (@p0, 'sip.neolia.app', md5('1'), md5('2'))", guest);
        var unmanaged = await Verb.RunAsync(_stack.AppSettings, "account", guest);
        var account = await dashboard.AddAccountNamedAsync(guest);
        await Eventually.HoldsAsync("the account has failed", async () => (await dashboard.SyncStateAsync(account)).GetProperty("state").GetString() == "failed");

        var verb = await Verb.RunAsync(_stack.AppSettings, "account", guest);

        Assert.Equal((1, 1), (unmanaged.ExitCode, verb.ExitCode));
        Assert.Contains("adopt hands it over", unmanaged.Output, StringComparison.Ordinal);
        Assert.Contains("! Kamailio's subscriber of this name was not made here.", verb.Output, StringComparison.Ordinal);
        Assert.Contains("why:          It can't be applied as it is: Name in use", verb.Output, StringComparison.Ordinal);
        await dashboard.DeleteAccountRowAsync(account);
    }

    [Fact]
    public async Task However_the_name_is_typed_the_account_is_found()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        await dashboard.IssueAsync(account);

        var verb = await Verb.RunAsync(_stack.AppSettings, "account", $"{account.Username}@{account.Domain}".ToUpperInvariant());

        Assert.True(verb.ExitCode == 0, verb.Text);
        Assert.Contains($"{account.Username}@{account.Domain}", verb.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("panel 401")]
    [InlineData("panel401 ")]
    [InlineData("café")]
    [InlineData("panel401@")]
    [InlineData("panel401@sip_neolia.app")]
    [InlineData("a@b@c")]
    public async Task What_can_be_no_accounts_name_is_wrong_usage(string name)
    {
        var verb = await Verb.RunAsync(_stack.AppSettings, "account", name);

        Assert.Equal((2, ""), (verb.ExitCode, verb.Output));
        Assert.Contains($"'{name}' is not NAME or NAME@DOMAIN", verb.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_name_is_1()
    {
        var verb = await Verb.RunAsync(_stack.AppSettings, "account", "nobody-has-this-name");

        Assert.Equal(1, verb.ExitCode);
        Assert.Contains("no such account on either side", verb.Output, StringComparison.Ordinal);
    }
}
