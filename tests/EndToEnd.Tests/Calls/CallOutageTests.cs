using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>Kamailio's database or Supabase is away while somebody calls.</summary>
[Collection(Outages.Name)]
public sealed class CallOutageTests(PrivateStackFixture fixture)
{
    // More than any lock-out after wrong passwords would stand.
    private const int Attempts = 20;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_its_database_Kamailio_denies_bans_nobody_and_resumes()
    {
        using var dashboard = await Dashboard.SignInAsync(fixture.Stack);
        await using var town = new Town(fixture.Stack, dashboard);
        var (station, panel) = await HouseAsync(town, dashboard);
        await town.RingsAsync(station, "401", panel);

        await using (await Outage.OfMariaDbAsync(fixture.Stack))
        {
            var before = town.CountCalls();
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                var refused = await station.Call("401").Final;
                Assert.Equal(503, refused.StatusCode);
                Assert.NotNull(refused["Retry-After"]);
            }
            Assert.Equal(503, (await station.SendTextAsync("401", "Bonjour", Cancelled)).StatusCode);
            await town.OnlyCalledAsync(before);
        }

        await Eventually.HoldsAsync("calls resume", async () => (await station.OptionsAsync(Cancelled)).StatusCode == 200 && (await station.RegisterAsync(Cancelled)).StatusCode == 200);
        await town.RingsAsync(station, "401", panel);
    }

    [Fact]
    public async Task A_decision_that_waits_for_a_lock_denies_in_time()
    {
        using var dashboard = await Dashboard.SignInAsync(fixture.Stack);
        await using var town = new Town(fixture.Stack, dashboard);
        var (station, panel) = await HouseAsync(town, dashboard);
        await using (await Outage.OfAccountsTableAsync(fixture.Stack))
        {
            var before = town.CountCalls();
            Assert.Equal(503, (await station.Call("401").Final).StatusCode);
            await town.OnlyCalledAsync(before);
        }
        await town.RingsAsync(station, "401", panel);
    }

    [Fact]
    public async Task Without_Supabase_and_the_app_calls_and_registrations_go_on()
    {
        using var dashboard = await Dashboard.SignInAsync(fixture.Stack);
        await using var town = new Town(fixture.Stack, dashboard);
        var (station, panel) = await HouseAsync(town, dashboard);

        await using (await Outage.OfPostgresAsync(fixture.Stack))
        {
            Assert.Equal(200, (await panel.RegisterAsync(Cancelled)).StatusCode);
            await town.RingsAsync(station, "401", panel);
        }
    }

    private static async Task<(SipDevice Station, SipDevice Panel)> HouseAsync(Town town, Dashboard dashboard)
    {
        // The outage of the test before may still be the app's.
        await Eventually.HoldsAsync("the app is ready", async () => (await dashboard.App.GetAsync("/api/health/ready")).Status == 200);
        var house = await town.AddHouseAsync();
        await town.SettledAsync();
        return (house.Station, house.Panel);
    }
}
