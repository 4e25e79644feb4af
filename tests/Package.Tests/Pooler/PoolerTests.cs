using System.Net;
using Neolia.LocalStack.Postgres;
using Neolia.LocalStack.Supabase;
using Neolia.Package.Tests.Requests;

namespace Neolia.Package.Tests.Pooler;

/// <summary>
/// The whole program through a pooler in transaction mode that has fewer connections than there are requests: what one
/// transaction leaves behind in a session, the next one of somebody else would meet.
/// </summary>
public sealed class PoolerTests(PackageFixture shared)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_of_several_users_at_once_see_their_own_rows_and_no_others()
    {
        using var first = await DashboardUser.SignInAsync(shared);
        using var second = await DashboardUser.SignInAsync(shared);
        var (firstFlat, secondFlat) = (await first.AddFlatAsync(), await second.AddFlatAsync());
        var own = new List<(DashboardUser User, DashboardUser Other, System.Text.Json.Nodes.JsonNode Account)>();
        for (var i = 0; i < 6; i++)
        {
            own.Add((first, second, (await first.AddAccountAsync(firstFlat))["id"]!));
            own.Add((second, first, (await second.AddAccountAsync(secondFlat))["id"]!));
        }

        var answers = await Task.WhenAll(own.SelectMany(one => new[]
        {
            Of("own", one.User.SyncAsync("create_account", one.Account)),
            Of("foreign", one.Other.SyncAsync("create_account", one.Account)),
            Of("all", one.User.SyncAsync("sync_all")),
        }));

        Assert.All(answers, answer => Assert.Equal(answer.What == "foreign" ? HttpStatusCode.NotFound : HttpStatusCode.OK, answer.Status));
        Assert.All(answers.Where(a => a.What != "foreign"), answer => Assert.True(answer.Answer["success"]!.GetValue<bool>(), answer.Answer.ToJsonString()));
        await AssertPooledAsync();

        // More clients than sessions: they must have shared them.
        var clients = await shared.Stack.Pooler!.ShowAsync("clients", Cancelled);
        Assert.True(clients.Count(row => row["user"] == $"{SupabaseProject.App}.{PoolerServer.ProjectReference}") > PackageFixture.PoolSize, $"{clients.Count} clients");
    }

    [Fact]
    public async Task A_drain_of_many_accounts_goes_through_it()
    {
        const int flats = 900;
        var residence = await Residence.CreateAsync(shared.Stack, flats);

        Assert.True(await shared.Host.RunTimerAsync("drain", isPastDue: false, Cancelled));

        await residence.ConvergesAsync(flats);
        await AssertPooledAsync();
    }

    [Fact]
    public async Task The_operators_verbs_work_through_it()
    {
        using var user = await DashboardUser.SignInAsync(shared);
        var name = $"panel{Guid.NewGuid().ToString("N")[..8]}";
        await shared.Stack.ExecuteKamailioAsync(
            "insert into subscriber (username, domain, password, ha1, ha1b) values (@p0, 'sip.neolia.app', '', md5(@p0), md5(concat('b', @p0)))", name);
        var flat = await user.AddFlatAsync();
        await user.Client.InsertAsync("sip_accounts", new { unit_id = flat, type = "panel", username = name }, Cancelled);

        var adopt = await VerbRun.RunAsync(shared, "adopt", "--json", $"{name}@sip.neolia.app");
        var move = await VerbRun.RunAsync(shared, "move-password-hashes", "--json");

        Assert.True(adopt.ExitCode == 0, adopt.Output);
        Assert.True(move.ExitCode == 0, move.Output);
        Assert.Equal(1, await shared.Stack.ReadKamailioAsync<long>(
            "select count(*) from neolia_identity where username = @p0 and account_id is not null", name));
    }

    private static async Task<(string What, HttpStatusCode Status, System.Text.Json.Nodes.JsonObject Answer)> Of(
        string what, Task<(HttpStatusCode Status, System.Text.Json.Nodes.JsonObject Answer)> asked)
    {
        var (status, answer) = await asked;
        return (what, status, answer);
    }

    /// <summary>Nothing went past it, and it was in transaction mode.</summary>
    private async Task AssertPooledAsync()
    {
        var pool = Assert.Single(await shared.Stack.Pooler!.ShowAsync("pools", Cancelled), row => row["user"] == SupabaseProject.App);
        var sessions = await shared.Stack.ReadSupabaseAsync<long>("select count(*) from pg_stat_activity where usename = $1", SupabaseProject.App);

        Assert.Equal("transaction", pool["pool_mode"]);
        Assert.InRange(sessions, 1, PackageFixture.PoolSize);
    }
}
