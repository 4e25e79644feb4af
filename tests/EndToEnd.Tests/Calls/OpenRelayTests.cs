using System.Net;
using Neolia.LocalStack.Sip;
using Neolia.LocalStack.Sip.Calls;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>
/// Whoever tries to use the server as a way to a third host, or to be taken for somebody else. The third host listens:
/// nothing may come to it, whatever the attacker is told.
/// </summary>
public sealed class OpenRelayTests(CallsFixture fixture) : IClassFixture<CallsFixture>, IAsyncLifetime
{
    private readonly Town _town = fixture.NewTown();
    private SipDevice _panel = null!;
    private SipDevice _attacker = null!;
    private SipDevice _third = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string ThirdHost => SipHostOf(_third.ContactUri);

    public static TheoryData<string> Methods => ["INVITE", "MESSAGE", "BYE", "INFO", "OPTIONS", "REFER", "NOTIFY", "SUBSCRIBE", "PUBLISH", "UPDATE", "PRACK"];

    public async ValueTask InitializeAsync()
    {
        var building = await _town.AddBuildingAsync();
        _panel = await _town.AddDeviceAsync(await _town.AddUnitAsync(building, "401"));
        _attacker = await _town.AddDeviceAsync(await _town.AddUnitAsync(building, "402"), "mobile");
        _third = _town.Device("victim", from: IPAddress.Parse("127.0.0.3"));
        await _town.SettledAsync();
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Nothing_goes_to_a_foreign_request_URI(string method) =>
        await RefusedAsync(Completed(_attacker.Request(method, _third.ContactUri)));

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Nothing_goes_along_a_Route_of_the_senders_choice(string method) =>
        await RefusedAsync(Completed(_attacker.Request(method, _third.ContactUri).Add("Route", $"<sip:{ThirdHost};lr>")));

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Nothing_goes_through_the_server_as_if_it_had_recorded_a_route(string method) =>
        await RefusedAsync(Completed(_attacker.Request(method, _third.ContactUri)
            .Add("Route", $"<sip:127.0.0.1:{_town.Kamailio.UdpPort};lr>, <sip:{ThirdHost};lr>")));

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_forged_To_tag_makes_no_call(string method) =>
        await RefusedAsync(Completed(_attacker.Request(method, _third.ContactUri)
            .Set("To", $"<{_third.ContactUri}>;tag=forged")
            .Add("Route", $"<sip:127.0.0.1:{_town.Kamailio.UdpPort};lr;ftag=forged>")));

    [Fact]
    public async Task A_forged_To_tag_reaches_no_account_either()
    {
        foreach (var method in (string[])["INVITE", "MESSAGE", "BYE", "INFO"])
            await RefusedAsync(Completed(_attacker.Request(method, _panel.ContactUri).Set("To", $"<{_panel.Address}>;tag=forged")));
        await _attacker.SendUnansweredAsync(
            _attacker.Request("ACK", _panel.ContactUri).Set("To", $"<{_panel.Address}>;tag=forged"), Cancelled);

        await _town.OnlyCalledAsync(_town.CountCalls());
        Assert.Empty(_panel.Received);
    }

    [Fact]
    public async Task A_Route_changes_nothing_about_who_is_called()
    {
        var invite = Completed(_attacker.Request("INVITE", _panel.Address).Add("Route", $"<sip:{ThirdHost};lr>"));
        Assert.InRange((await _attacker.Call(invite).Final).StatusCode, 400, 499);
        Assert.Empty(_third.Received);

        // A phone's outbound proxy, which is this server, is no trick.
        var honest = Completed(_attacker.Request("INVITE", _panel.Address).Add("Route", $"<sip:{Town.Domain};lr>"));
        var call = _attacker.Call(honest);
        var incoming = await call.ReachesAsync(_panel);
        Assert.Null(incoming.Invite["Route"]);
        await call.CancelAsync(Cancelled);
        Assert.Equal(487, (await call.Final).StatusCode);
    }

    [Fact]
    public async Task A_call_without_credentials_is_challenged_and_rings_nobody()
    {
        var answer = await _attacker.SendOnceAsync(Completed(_attacker.Request("INVITE", _panel.Address)), Cancelled);

        Assert.Equal(407, answer.StatusCode);
        await _town.OnlyCalledAsync(_town.CountCalls());
        Assert.Equal(0, _panel.CallsTo());
    }

    [Theory]
    [InlineData("Proxy-Authorization")]
    [InlineData("Authorization")]
    public async Task Two_proofs_in_one_call_are_refused(string header)
    {
        var invite = Completed(_attacker.Request("INVITE", _panel.Address));
        var challenged = await _attacker.SendOnceAsync(invite, Cancelled);
        var forged = _attacker.Authorized(invite, challenged)!
            .Add(header, $"Digest username=\"{NameOf(_panel)}\", realm=\"elsewhere\", nonce=\"n\", uri=\"sip:x\", response=\"{new string('0', 32)}\"");

        Assert.InRange((await _attacker.SendOnceAsync(forged, Cancelled)).StatusCode, 400, 403);
        Assert.Equal(0, _panel.CallsTo());
    }

    [Fact]
    public async Task Nobody_calls_under_another_name()
    {
        var station = await _town.AddStationAsync(await _town.AddBuildingAsync());
        foreach (var from in (string[])[_panel.Address, station.Address, $"sip:401@{Town.Domain}", $"sip:{NameOf(_attacker).ToUpperInvariant()}@{Town.Domain}", "sip:somebody@sip.example.org", $"sip:{Town.Domain}"])
        {
            var invite = Completed(_attacker.Request("INVITE", _panel.Address)).Set("From", $"<{from}>;tag=f");
            Assert.InRange((await _attacker.SendAsync(invite, Cancelled)).StatusCode, 400, 403);
        }
        Assert.Equal(0, _panel.CallsTo());
    }

    [Fact]
    public async Task A_name_in_the_identity_headers_does_not_reach_the_device()
    {
        var call = _attacker.Call(Completed(_attacker.Request("INVITE", _panel.Address)
            .Add("P-Asserted-Identity", $"<sip:intercom-main@{Town.Domain}>")
            .Add("P-Preferred-Identity", $"<sip:intercom-main@{Town.Domain}>")
            .Add("Remote-Party-ID", $"<sip:intercom-main@{Town.Domain}>")));
        var incoming = await call.ReachesAsync(_panel);

        Assert.Null(incoming.Invite["P-Asserted-Identity"]);
        Assert.Null(incoming.Invite["P-Preferred-Identity"]);
        Assert.Null(incoming.Invite["Remote-Party-ID"]);
        Assert.Null(incoming.Invite["Proxy-Authorization"]);
        await call.CancelAsync(Cancelled);
        Assert.Equal(487, (await call.Final).StatusCode);
    }

    [Theory]
    [InlineData("<sip:x@{0}>")]
    [InlineData("<sip:x@{0};transport=udp>;q=1.0")]
    [InlineData("<sip:x@{0}>;received=\"sip:{0}\"")]
    [InlineData("\"received\" <sip:x@127.0.0.1:9>; Received = \"sip:{0}\"")]
    [InlineData("<sip:x@127.0.0.1:9;received={0};maddr={0}>")]
    public async Task A_contact_at_a_third_host_brings_no_call_there(string contact)
    {
        var value = string.Format(System.Globalization.CultureInfo.InvariantCulture, contact, ThirdHost);
        var registered = await _attacker.SendAsync(
            "REGISTER", message => message.Add("Contact", value).Add("Path", $"<sip:{ThirdHost};lr>").Add("Expires", "600"), Cancelled);
        Assert.InRange(registered.StatusCode, 200, 499);

        // Where the attacker sent it from, at most.
        var call = _panel.Call("402");
        await call.ReachesAsync(_attacker);
        await call.CancelAsync(Cancelled);
        Assert.Equal(487, (await call.Final).StatusCode);
        Assert.Equal(200, (await _panel.OptionsAsync(Cancelled)).StatusCode);
        Assert.Empty(_third.Received);
    }

    [Fact]
    public async Task A_contact_at_the_server_itself_makes_no_loop()
    {
        var loop = await _attacker.SendAsync(
            "REGISTER", message => message.Add("Contact", $"<sip:402@127.0.0.1:{_town.Kamailio.UdpPort}>").Add("Expires", "600"), Cancelled);
        Assert.InRange(loop.StatusCode, 200, 499);

        var call = _panel.Call("402");
        await call.ReachesAsync(_attacker);
        await call.CancelAsync(Cancelled);
        Assert.Equal(487, (await call.Final).StatusCode);
        Assert.InRange(_attacker.CallsTo(), 1, 2);
    }

    [Fact]
    public async Task Only_the_two_parties_speak_within_a_call()
    {
        var caller = await _town.AddDeviceAsync(await _town.AddUnitAsync(await _town.AddBuildingAsync(), "1"));
        var call = _attacker.Call("401");
        var incoming = await call.ReachesAsync(_panel);
        await incoming.AnswerAsync(SessionDescription.SilentAudio, Cancelled);
        Assert.Equal(200, (await call.Final).StatusCode);
        await incoming.Acknowledged.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);

        // Somebody who has read the call's tags, at another address, account holder or not.
        foreach (var eavesdropper in (SipDevice[])[_third, caller])
            foreach (var method in (string[])["BYE", "INVITE", "INFO", "UPDATE"])
            {
                Assert.InRange((await eavesdropper.SendAsync(Completed(call.Dialog!.Request(method)), Cancelled)).StatusCode, 400, 499);
                Assert.InRange((await eavesdropper.SendAsync(Completed(incoming.Dialog!.Request(method)), Cancelled)).StatusCode, 400, 499);
            }
        Assert.False(incoming.Ended.IsCompleted);
        Assert.False(call.Ended.IsCompleted);

        Assert.Equal(200, (await call.HangUpAsync(Cancelled)).StatusCode);
        await incoming.Ended.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
    }

    [Fact]
    public async Task A_party_of_a_call_uses_it_for_no_third_host()
    {
        var call = _attacker.Call("401");
        var incoming = await call.ReachesAsync(_panel);
        await incoming.AnswerAsync(SessionDescription.SilentAudio, Cancelled);
        Assert.Equal(200, (await call.Final).StatusCode);

        foreach (var method in (string[])["INFO", "INVITE", "MESSAGE", "OPTIONS"])
        {
            var elsewhere = Completed(call.Dialog!.Request(method).Copy($"{method} {_third.ContactUri} SIP/2.0"));
            var detour = elsewhere.Copy().Add("Route", $"<sip:{ThirdHost};lr>");
            await _attacker.SendAsync(elsewhere, Cancelled);
            await _attacker.SendAsync(detour.Remove("Via"), Cancelled);
        }
        Assert.Equal(200, (await _attacker.OptionsAsync(Cancelled)).StatusCode);
        Assert.Empty(_third.Received);
        Assert.Equal(200, (await call.HangUpAsync(Cancelled)).StatusCode);
    }

    private async Task RefusedAsync(SipMessage request)
    {
        var before = _town.CountCalls();
        var answer = await _attacker.SendAsync(request, Cancelled);
        Assert.InRange(answer.StatusCode, 400, 499);
        await _town.OnlyCalledAsync(before);
        Assert.Empty(_third.Received);
    }

    private SipMessage Completed(SipMessage request) => request
        .Add("Contact", $"<{_attacker.ContactUri}>")
        .WithBody(SessionDescription.ContentType, SessionDescription.SilentAudio);

    private static string NameOf(SipDevice device) => device.Address["sip:".Length..device.Address.IndexOf('@', StringComparison.Ordinal)];

    private static string SipHostOf(string uri) => uri[(uri.IndexOf('@', StringComparison.Ordinal) + 1)..];

    public ValueTask DisposeAsync() => _town.DisposeAsync();
}
