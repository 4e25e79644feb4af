using System.Globalization;
using System.Net;
using Neolia.LocalStack;
using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>A device registers with Kamailio, and the dashboard shows it.</summary>
public sealed class RegistrationsTests(StackFixture shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task The_dashboard_sees_a_device_come_and_go_and_its_site_with_it()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var password = await dashboard.IssueAsync(account);
        await using var device = new SipDevice(new SipDeviceOptions
        {
            Server = new IPEndPoint(IPAddress.Loopback, _stack.Kamailio.UdpPort),
            Username = account.Username,
            Domain = account.Domain,
            Password = password,
        });

        Assert.Equal(200, (await device.RegisterAsync(TestContext.Current.CancellationToken)).StatusCode);
        await ShowsAsync(dashboard, registered: true, "online");
        var registered = DateTimeOffset.Parse((await dashboard.SelectAsync("sip_accounts", "select=*"))[0].GetProperty("last_registration").GetString()!, CultureInfo.InvariantCulture);
        Assert.InRange(DateTimeOffset.UtcNow - registered, TimeSpan.FromSeconds(-2), TimeSpan.FromMinutes(1));

        Assert.Equal(200, (await device.UnregisterAsync(TestContext.Current.CancellationToken)).StatusCode);
        await ShowsAsync(dashboard, registered: false, "offline");
    }

    /// <summary>The host calls the timer; another test's call may have the turn at that moment.</summary>
    private static Task ShowsAsync(Dashboard dashboard, bool registered, string status) =>
        Eventually.HoldsAsync($"the dashboard shows {status}", async () =>
        {
            await dashboard.App.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/registrations"));
            var account = (await dashboard.SelectAsync("sip_accounts", "select=*"))[0];
            var site = (await dashboard.SelectAsync("sites", "select=*"))[0];
            return account.GetProperty("registered").GetBoolean() == registered && site.GetProperty("status").GetString() == status;
        });
}
