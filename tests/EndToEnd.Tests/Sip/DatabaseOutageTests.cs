using System.Diagnostics;
using Neolia.LocalStack.MariaDb;
using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Sip;

public sealed class DatabaseOutageTests
{
    // More than any lock-out would stand, after wrong passwords or without a proof.
    private const int Attempts = 50;
    private const string Strangers = "40";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_outage_refuses_everybody_bans_nobody_and_ends_by_itself()
    {
        await using var mariaDb = await MariaDbServer.StartAsync(durable: false, Cancelled);
        await using var registrar = await Registrar.StartAsync(
            mariaDb, new Dictionary<string, string> { ["NEOLIA_STRANGERS"] = Strangers });
        var account = await registrar.AddAccountAsync();
        await using var device = registrar.Device(account);
        Assert.Equal(200, (await device.RegisterAsync(Cancelled)).StatusCode);

        await mariaDb.StopAsync(Cancelled);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var refused = await device.RegisterAsync(Cancelled);
            Assert.Equal(503, refused.StatusCode);
            Assert.Equal("10", refused["Retry-After"]);
        }
        await using var wrong = new SipDevice(registrar.Options(account.Username, ""));
        Assert.Equal(503, (await wrong.RegisterAsync(Cancelled)).StatusCode);

        await mariaDb.StartAgainAsync(Cancelled);
        var clock = Stopwatch.StartNew();
        while ((await device.RegisterAsync(Cancelled)).StatusCode != 200)
            Assert.True(clock.Elapsed < Deadline, "registrations do not resume");
        Assert.Equal(401, (await wrong.RegisterAsync(Cancelled)).StatusCode);
    }
}
