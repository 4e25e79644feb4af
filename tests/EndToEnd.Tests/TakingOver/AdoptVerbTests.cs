using Neolia.EndToEnd.Tests.Http;
using Neolia.Functions.Credentials;
using Neolia.Functions.Subjects;
using Neolia.LocalStack.Supervision;
using SipAccount = Neolia.EndToEnd.Tests.Http.SipAccount;

namespace Neolia.EndToEnd.Tests.TakingOver;

/// <summary>The published program adopts on a running system, with the server and real devices beside it.</summary>
public sealed class AdoptVerbTests(StackFixture shared)
{
    private const string OtherSubscriber = "select concat_ws('|', id, hex(username), hex(domain), hex(password), hex(ha1), hex(ha1b)) from subscriber where username = @p0";

    private readonly LocalStack.Stack _stack = shared.Stack;
    private readonly string _password = Secrets.NewPassword();

    [Fact]
    public async Task Device_stays_registered_and_its_account_becomes_synced()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var (name, other) = (await AddGuestAsync(), await AddGuestAsync());
        var account = await dashboard.AddAccountNamedAsync(name.Username);
        await dashboard.AddAccountNamedAsync(other.Username);
        await StateBecomesAsync(dashboard, account, "failed");
        Assert.Equal(200, await account.RegisterAsync(_stack, _password));
        var (before, otherBefore) = (await account.SubscriberAsync(_stack), await _stack.ReadKamailioAsync<string>(OtherSubscriber, other.Username));

        var dry = await Verb.RunAsync(_stack.AppSettings, "adopt", "--dry-run", "--json", name.ToString());
        Assert.Equal((0, "would_adopt"), (dry.ExitCode, OutcomeOf(dry)));
        Assert.Equal("failed", (await dashboard.SyncStateAsync(account)).GetProperty("state").GetString());

        var adopted = await Verb.RunAsync(_stack.AppSettings, "adopt", "--json", name.ToString());

        Assert.Equal((0, "adopted"), (adopted.ExitCode, OutcomeOf(adopted)));
        await StateBecomesAsync(dashboard, account, "synced");
        Assert.True((await dashboard.SyncStateAsync(account)).GetProperty("has_credentials").GetBoolean());
        Assert.Equal(1, await account.CountContactsAsync(_stack));
        Assert.Equal(before, await account.SubscriberAsync(_stack));
        Assert.Equal(200, await account.RegisterAsync(_stack, _password));
        Assert.Equal(401, await account.RegisterAsync(_stack, ""));
        Assert.Equal(otherBefore, await _stack.ReadKamailioAsync<string>(OtherSubscriber, other.Username));

        var again = await Verb.RunAsync(_stack.AppSettings, "adopt", name.ToString());
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("managed already", again.Output, StringComparison.Ordinal);
        await AssertSecretAsync([dry, adopted, again]);
    }

    [Fact]
    public async Task What_can_not_be_adopted_is_1_and_stops_no_other()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var (lonely, name) = (await AddGuestAsync(), await AddGuestAsync());
        await dashboard.AddAccountNamedAsync(name.Username);

        var verb = await Verb.RunAsync(_stack.AppSettings, "adopt", "nobody-at-all@sip.neolia.app", lonely.ToString(), name.ToString());

        Assert.Equal(1, verb.ExitCode);
        Assert.Contains("! nobody-at-all@sip.neolia.app: Kamailio has no such subscriber.", verb.Output, StringComparison.Ordinal);
        Assert.Contains($"! {lonely}: There is no account of this name.", verb.Output, StringComparison.Ordinal);
        Assert.Contains($"\n{name}: Adopted with its present password", verb.Output, StringComparison.Ordinal);
        await AssertSecretAsync([verb]);
    }

    [Fact]
    public async Task All_finds_the_guests_that_have_an_account()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var (lonely, name) = (await AddGuestAsync(), await AddGuestAsync());
        await dashboard.AddAccountNamedAsync(name.Username);

        var verb = await Verb.RunAsync(_stack.AppSettings, "adopt", "--all", "--dry-run", "--json");

        var outcomes = verb.Json.GetProperty("subscribers").EnumerateArray().ToDictionary(
            s => s.GetProperty("name").GetString()!, s => s.GetProperty("outcome").GetString());
        Assert.Equal("would_adopt", outcomes[name.ToString()]);
        Assert.DoesNotContain(lonely.ToString(), outcomes.Keys);
    }

    [Fact]
    public async Task Nothing_is_adopted_while_Kamailio_accepts_an_empty_password()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var name = await AddGuestAsync();
        await dashboard.AddAccountNamedAsync(name.Username);
        await using var unsafeKamailio = await Installation.StartTodaysAsync(_stack.KamailioDatabase);
        var settings = new Dictionary<string, string>(_stack.AppSettings) { ["Kamailio__SipAddress"] = unsafeKamailio.SipAddress };
        var before = await _stack.ReadKamailioAsync<string>(OtherSubscriber, name.Username);

        var verb = await Verb.RunAsync(settings, "adopt", name.ToString());

        Assert.Equal(1, verb.ExitCode);
        Assert.StartsWith("! Nothing was adopted. Kamailio accepts an EMPTY password", verb.Output, StringComparison.Ordinal);
        Assert.Equal(before, await _stack.ReadKamailioAsync<string>(OtherSubscriber, name.Username));
        Assert.Equal(0, await _stack.ReadKamailioAsync<long>("select count(*) from neolia_identity where username = @p0 and account_id is not null", name.Username));
    }

    [Fact]
    public async Task Digest_of_an_earlier_version_lets_its_device_register()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var ha1 = Digests.Of(new SipName(account.Username, account.Domain), _password).Ha1;
        await _stack.ReadSupabaseAsync<object?>($"""
            do $do$ begin
              set local session_replication_role = replica;
              update sip_accounts set password_hash = '{ha1}' where id = '{account.Id}';
            end $do$
            """);

        var verb = await Verb.RunAsync(_stack.AppSettings, "move-password-hashes", "--json");

        Assert.Equal((0, 1), (verb.ExitCode, verb.Json.GetProperty("moved").GetInt32()));
        await Eventually.HoldsAsync("the device registers", async () => await account.RegisterAsync(_stack, _password) == 200);
        Assert.Equal(["kamailio_sync.credentials"], await _stack.FindInSupabaseAsync(ha1));
        await AssertSecretAsync([verb]);
    }

    private async Task<SipName> AddGuestAsync()
    {
        var name = new SipName($"guest-{Guid.NewGuid():N}"[..20], Installation.Domain);
        var digests = Digests.Of(name, _password);
        await _stack.ExecuteKamailioAsync("insert into subscriber (username, domain, ha1, ha1b) values (@p0, @p1, @p2, @p3)", name.Username, name.Domain, digests.Ha1, digests.Ha1b);
        return name;
    }

    private static async Task StateBecomesAsync(Dashboard dashboard, SipAccount account, string state) => await Eventually.HoldsAsync(
        $"the account is {state}", async () => (await dashboard.SyncStateAsync(account)).GetProperty("state").GetString() == state);

    private static string? OutcomeOf(Verb verb) => verb.Json.GetProperty("subscribers")[0].GetProperty("outcome").GetString();

    private async Task AssertSecretAsync(IEnumerable<Verb> runs)
    {
        foreach (var text in runs.Select(run => run.Text).Concat(_stack.Processes().Select(process => process.Log)))
            Assert.DoesNotContain(_password, text, StringComparison.Ordinal);
        foreach (var run in runs)
            Assert.DoesNotMatch("[0-9a-f]{32}", run.Text);
        Assert.Empty(await _stack.FindInSupabaseAsync(_password));
        Assert.Empty(await _stack.FindInKamailioAsync(_password));
    }
}
