using System.Text;
using System.Text.Json;
using Neolia.EndToEnd.Tests.Http;
using Neolia.EndToEnd.Tests.TakingOver;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Reconciling;

/// <summary>The published program reconciles, by the operator's hand and by the timer, beside the running server.</summary>
[Collection(Outages.Name)]
public sealed class ReconcileTests(PrivateStackFixture own)
{
    private const string AddOrphan = """
        insert into neolia_account (account_id, version, type) values (@p0, 1, 'panel');
        insert into neolia_identity (domain, username, account_id, version) values ('sip.neolia.app', @p1, @p0, 1);
        insert into subscriber (username, domain, ha1, ha1b) values (@p1, 'sip.neolia.app', md5(@p0), md5(@p1))
        """;

    private static readonly string[] KamailioTables =
        ["subscriber", "neolia_account", "neolia_identity", "neolia_kick", "neolia_unit", "neolia_call_rule", "neolia_progress"];

    private readonly Stack _stack = own.Stack;

    [Fact]
    public async Task The_verb_reports_first_and_repairs_when_told()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var (account, gone) = (await dashboard.AddAccountAsync(), await dashboard.AddAccountAsync());
        var password = await dashboard.IssueAsync(account);
        Assert.True((await dashboard.DeleteAccountAsync(gone))["success"].GetBoolean());
        await _stack.ExecuteKamailioAsync("delete from subscriber where username = @p0", account.Username);
        await _stack.ExecuteKamailioAsync("insert into location (ruid, username, domain, contact) values (@p0, @p0, @p1, 'sip:192.0.2.1')", gone.Username, gone.Domain);
        var guest = $"guest-{Guid.NewGuid():N}";
        await _stack.ExecuteKamailioAsync("insert into subscriber (username, domain, ha1, ha1b) values (@p0, 'sip.neolia.app', md5('1'), md5('2'))", guest);

        var dry = await Verb.RunAsync(_stack.AppSettings, "reconcile", "--dry-run", "--json");

        Assert.Equal(1, dry.ExitCode);
        Assert.Equal((1, 1), (dry.Json.GetProperty("accounts").GetProperty("different").GetInt32(), dry.Json.GetProperty("contacts_swept").GetInt32()));
        Assert.Contains($"{guest}@sip.neolia.app", dry.Json.GetProperty("unmanaged_names").EnumerateArray().Select(n => n.GetString()));
        Assert.Equal(401, await account.RegisterAsync(_stack, password));
        Assert.Equal(1, await gone.CountContactsAsync(_stack));

        var repaired = await Verb.RunAsync(_stack.AppSettings, "reconcile");

        Assert.Equal((0, ""), (repaired.ExitCode, repaired.ExitCode == 0 ? "" : repaired.Text));
        Assert.Contains("accounts: 0 missing, 1 different, 0 orphaned", repaired.Output, StringComparison.Ordinal);
        Assert.Contains($"  {guest}@sip.neolia.app", repaired.Output, StringComparison.Ordinal);
        Assert.Contains("... comparing 1 of 4096 buckets", repaired.Errors, StringComparison.Ordinal);
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
        Assert.Equal(0, await gone.CountContactsAsync(_stack));
        Assert.Equal(1, await _stack.ReadKamailioAsync<long>("select count(*) from subscriber where username = @p0", guest));
        await _stack.ExecuteKamailioAsync("delete from subscriber where username = @p0", guest);
    }

    [Fact]
    public async Task More_than_the_allowed_share_goes_only_by_force()
    {
        var orphans = new[] { $"orphan-{Guid.NewGuid():N}", $"orphan-{Guid.NewGuid():N}" };
        foreach (var orphan in orphans)
            await _stack.ExecuteKamailioAsync(AddOrphan, Guid.NewGuid().ToString(), orphan);
        var settings = new Dictionary<string, string>(_stack.AppSettings) { ["Reconcile__MaxRemovedShare"] = "0" };

        var refused = await Verb.RunAsync(settings, "reconcile");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("Nothing was changed", refused.Output, StringComparison.Ordinal);
        Assert.Contains("--force", refused.Output, StringComparison.Ordinal);
        Assert.Equal(2, await CountAsync(orphans));

        Assert.Equal(0, (await Verb.RunAsync(settings, "reconcile", "--force")).ExitCode);
        Assert.Equal(0, await CountAsync(orphans));
    }

    [Fact]
    public async Task The_timer_repairs_and_is_answered_as_the_host_needs_it()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var password = await dashboard.IssueAsync(account);
        await _stack.ExecuteKamailioAsync("update subscriber set ha1 = repeat('0', 32) where username = @p0", account.Username);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/reconcile") { Content = new StringContent("""{"Data":{"timer":{}},"Metadata":{}}""", Encoding.UTF8, "application/json") };

        var answer = await dashboard.App.SendAsync(request);

        Assert.Equal((200, JsonValueKind.Object), (answer.Status, answer.Json.ValueKind));
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
    }

    /// <summary>The operator's way (docs/operations.md): what is drained first would hide that a backup came back.</summary>
    [Fact]
    public async Task A_backup_restored_while_nothing_ran_is_dealt_with_at_the_start_whatever_waits()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var gone = await dashboard.AddAccountAsync();
        var password = await dashboard.IssueAsync(gone);
        try
        {
            await _stack.ExecuteKamailioAsync(Each("create table backup_{0} as select * from {0}"));
            Assert.True((await dashboard.DeleteAccountAsync(gone))["success"].GetBoolean());
            Assert.Equal(0, (await Verb.RunAsync(_stack.AppSettings, "reconcile")).ExitCode);
            await _stack.App!.KillAsync(TestContext.Current.CancellationToken);
            await _stack.ExecuteKamailioAsync($"start transaction; {Each("delete from {0}; insert into {0} select * from backup_{0}")}; commit");
            Assert.Equal(1, await gone.CountSubscribersAsync(_stack));
            var waits = await dashboard.AddAccountAsync();

            await _stack.App.StartAgainAsync(TestContext.Current.CancellationToken);

            await Eventually.HoldsAsync("what waited is applied", async () => await waits.CountSubscribersAsync(_stack) == 1);
            await Eventually.HoldsAsync("who was deleted is so again", async () => await gone.CountSubscribersAsync(_stack) == 0);
            Assert.Equal(401, await gone.RegisterAsync(_stack, password));

            // It ends with a look at contacts, which others' tests put there.
            await Eventually.HoldsAsync("the comparison has ended", () => Task.FromResult(
                _stack.App.Log.Split("went back in time") is { Length: > 1 } parts && parts[^1].Contains("Reconciled: ", StringComparison.Ordinal)));
        }
        finally
        {
            await _stack.ExecuteKamailioAsync(Each("drop table if exists backup_{0}"));
        }

        static string Each(string statement) => string.Join(";\n", KamailioTables.Select(t => string.Format(null, statement, t)));
    }

    private Task<long> CountAsync(string[] names) =>
        _stack.ReadKamailioAsync<long>("select count(*) from subscriber where username in (@p0, @p1)", [.. names]);
}
