using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack.Kamailio;
using Neolia.LocalStack.Sip;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>An operator with a voicemail of his own, set in neolia-local.cfg.</summary>
public sealed class ConfiguredVoicemailTests(StackFixture shared)
{
    [Fact]
    public async Task Voicemail_rules_without_a_target_go_to_the_operators()
    {
        var stack = shared.Stack;
        using var port = LoopbackPort.Claim();
        var options = new KamailioServerOptions
        {
            Defines = new Dictionary<string, string> { ["NEOLIA_VOICEMAIL"] = $"\"sip:voicemail@127.0.0.1:{port.Number}\"" },
        };
        await using var kamailio = await KamailioServer.StartAsync(stack.KamailioDatabase, [Town.Domain], TestContext.Current.CancellationToken, options);
        using var dashboard = await Dashboard.SignInAsync(stack);
        await using var town = new Town(stack, dashboard, kamailio);
        var voicemail = town.Add(new SipDevice(town.OptionsOf("voicemail", "", port: port.Number)));
        var house = await town.AddHouseAsync();
        var rule = await town.AddRuleAsync(house.Flat, "voicemail");
        await town.SettledAsync();

        await town.RingsAsync(house.Station, "401", voicemail);

        await town.Dashboard.UpdateAsync("call_rules", rule, new { target_sip_uri = house.Panel.Address });
        await town.SettledAsync();
        await town.RingsAsync(house.Station, "401", house.Panel);

        // Being the operator's own, it is no address that others may dial.
        await town.EndsAsync(house.Station, voicemail.ContactUri, 403);
    }
}
