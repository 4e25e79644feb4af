using Neolia.EndToEnd.Tests.Http;
using Neolia.EndToEnd.Tests.TakingOver;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Checking;

/// <summary>What the operator, or the operator's script, is told while a database is away.</summary>
[Collection(Outages.Name)]
public sealed class VerbOutageTests(PrivateStackFixture own)
{
    private readonly Stack _stack = own.Stack;

    [Fact]
    public async Task An_account_is_shown_by_the_side_that_can_be_read()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        await dashboard.IssueAsync(account);
        Verb person, program;

        await using (await Outage.OfPostgresAsync(_stack))
            (person, program) = (await ShowAsync(account), await ShowAsync(account, "--json"));

        Assert.Equal((1, 1), (person.ExitCode, program.ExitCode));
        Assert.Contains("in Supabase:  can't be read. Supabase's database can't be reached.", person.Output, StringComparison.Ordinal);
        Assert.Contains($"in Kamailio:  subscriber of {account.Id}", person.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("no such account", person.Output, StringComparison.Ordinal);
        Assert.False(program.Json.GetProperty("success").GetBoolean());
        Assert.Contains("can't be reached", program.Json.GetProperty("supabase_error").GetString(), StringComparison.Ordinal);
        Assert.Equal(account.Id, program.Json.GetProperty("kamailio").GetProperty("owner").GetGuid());

        await using (await Outage.OfMariaDbAsync(_stack))
            (person, program) = (await ShowAsync(account), await ShowAsync(account, "--json"));

        Assert.Equal((1, 1), (person.ExitCode, program.ExitCode));
        Assert.Contains($"in Supabase:  {account.Id}, enabled panel", person.Output, StringComparison.Ordinal);
        Assert.Contains("in Kamailio:  can't be read. Kamailio's database can't be reached", person.Output, StringComparison.Ordinal);
        Assert.Equal(account.Id, program.Json.GetProperty("supabase").GetProperty("id").GetGuid());
        Assert.Contains("can't be reached", program.Json.GetProperty("kamailio_error").GetString(), StringComparison.Ordinal);
        Assert.Empty(program.Json.GetProperty("differences").EnumerateArray());
    }

    [Fact]
    public async Task A_verb_that_can_do_nothing_says_so_to_programs_in_one_object()
    {
        await using var outage = await Outage.OfPostgresAsync(_stack);

        var verb = await Verb.RunAsync(_stack.AppSettings, "drain", "--json");

        Assert.Equal((1, false), (verb.ExitCode, verb.Json.GetProperty("success").GetBoolean()));
        Assert.Contains("Supabase's database can't be reached", verb.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private Task<Verb> ShowAsync(SipAccount account, params string[] options) =>
        Verb.RunAsync(_stack.AppSettings, ["account", $"{account.Username}@{account.Domain}", .. options]);
}
