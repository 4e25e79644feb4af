using Neolia.EndToEnd.Tests.Http;
using Neolia.EndToEnd.Tests.TakingOver;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Checking;

/// <summary>The published program drains without the server.</summary>
[Collection(Outages.Name)]
public sealed class DrainVerbTests(PrivateStackFixture own) : IAsyncLifetime
{
    private readonly Stack _stack = own.Stack;

    public async ValueTask InitializeAsync() => await _stack.App!.KillAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync() => await _stack.App!.StartAgainAsync(CancellationToken.None);

    [Fact]
    public async Task What_waits_is_applied_and_long_work_tells_how_far_it_is()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        await using var locked = await Outage.OfAccountsTableAsync(_stack);
        List<string> told = [];

        var verb = await Verb.RunWatchedAsync(
            _stack.AppSettings,
            async line =>
            {
                told.Add(line);
                await locked.EndAsync();
            },
            "drain", "--json");

        Assert.Matches(@"^\.\.\. 0 applied, [1-9]\d* left$", told[0]);
        Assert.True(verb.Json.GetProperty("complete").GetBoolean(), verb.Text);
        Assert.True(verb.Json.GetProperty("applied").GetInt32() > 0, verb.Text);
        Assert.Equal(1, await account.CountSubscribersAsync(_stack));
    }

    [Fact]
    public async Task Without_Kamailios_database_it_ends_at_once_and_says_what_to_do()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        await dashboard.AddAccountAsync();
        await using var outage = await Outage.OfMariaDbAsync(_stack);

        var verb = await Verb.RunAsync(_stack.AppSettings, "drain");

        Assert.Equal(1, verb.ExitCode);
        Assert.Contains("! A database can't be reached or used; what waits is kept.", verb.Output, StringComparison.Ordinal);
    }
}
