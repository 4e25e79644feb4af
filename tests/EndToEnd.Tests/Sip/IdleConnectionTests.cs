using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Sip;

/// <summary>Nobody holds a connection by silence, save those who have proved who they are.</summary>
public sealed class IdleConnectionTests(StackFixture stack)
{
    private static readonly SipTransport[] Connected = [SipTransport.Tcp, SipTransport.Tls, SipTransport.Ws, SipTransport.Wss];

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_strangers_connection_closes_soon_and_a_registered_ones_outlasts_it_and_rings()
    {
        await using var registrar = await Registrar.StartAsync(
            stack.Stack.MariaDb, new Dictionary<string, string> { ["NEOLIA_STRANGER_LIFETIME"] = "3" });
        List<(SipDevice Device, SipAccount Account)> registered = [];
        List<SipDevice> strangers = [];
        try
        {
            foreach (var transport in Connected)
            {
                var account = await registrar.AddAccountAsync();
                registered.Add((registrar.Device(account, transport), account));
                Assert.Equal(200, (await registered[^1].Device.RegisterAsync(Cancelled)).StatusCode);
            }
            // Later than the registered ones: when these are closed, those would have been, too.
            foreach (var transport in Connected)
            {
                strangers.Add(registrar.Device(new SipAccount("stranger", ""), transport));
                Assert.Equal(200, (await strangers[^1].OptionsAsync(Cancelled)).StatusCode);
            }

            await Task.WhenAll(strangers.Select(stranger => stranger.Closed)).WaitAsync(Deadline, Cancelled);

            Assert.All(registered, one => Assert.False(one.Device.Closed.IsCompleted));
            await using var caller = registrar.Device(await registrar.AddAccountAsync());
            await MoveIntoOneHouseAsync(registrar);
            foreach (var (device, account) in registered)
            {
                var text = $"for {account.Username}";
                Assert.Equal(200, (await caller.SendTextAsync(account.Username, text, Cancelled)).StatusCode);
                Assert.Equal(text, (await device.IncomingTextAsync(Cancelled)).Body);
            }
        }
        finally
        {
            foreach (var device in strangers.Concat(registered.Select(one => one.Device)))
                await device.DisposeAsync();
        }
    }

    // Only neighbours may reach each other.
    private static async Task MoveIntoOneHouseAsync(Registrar registrar)
    {
        await registrar.ExecuteAsync("insert into neolia_unit (unit_id, site_id, building_id, number) values ('flat', 'site', 'building', '401')");
        await registrar.ExecuteAsync("insert into neolia_account (account_id, unit_id, type) select username, 'flat', 'panel' from subscriber");
        await registrar.ExecuteAsync("insert into neolia_identity (domain, username, account_id) select domain, username, username from subscriber");
    }
}
