using Neolia.LocalStack.Sip;
using Neolia.LocalStack.Sip.Calls;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>Calls and what becomes of them, seen from every device of the town: nobody else may hear of one.</summary>
internal static class TownCalls
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>How many calls came to this device.</summary>
    public static int CallsTo(this SipDevice device) => device.Received.Count(request => request.Method == "INVITE");

    /// <summary>The call as it comes to this device.</summary>
    public static async Task<IncomingCall> ReachesAsync(this OutgoingCall call, SipDevice device)
    {
        var incoming = device.IncomingCallAsync(Cancelled);
        if (await Task.WhenAny(incoming, call.Final) == call.Final && !incoming.IsCompleted && (await call.Final).StatusCode >= 300)
            Assert.Fail($"The call to {device.Address} ended before it came there: {(await call.Final).StartLine}");
        return await incoming;
    }

    /// <summary>The call rings exactly these devices at once, and stops when the caller gives up.</summary>
    public static async Task RingsAsync(this Town town, SipDevice caller, string target, params SipDevice[] expected)
    {
        var before = town.CountCalls();
        var call = caller.Call(target);
        var ringing = new List<IncomingCall>();
        foreach (var device in expected)
            ringing.Add(await call.ReachesAsync(device));
        Assert.Equal(180, (await call.Ringing).StatusCode);

        Assert.Equal(200, (await call.CancelAsync(Cancelled)).StatusCode);
        Assert.Equal(487, (await call.Final).StatusCode);
        foreach (var incoming in ringing)
            await incoming.Cancelled.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
        await town.OnlyCalledAsync(before, expected);
    }

    /// <summary>The call ends in this status, and no device hears of it.</summary>
    public static async Task<SipMessage> EndsAsync(this Town town, SipDevice caller, string target, int status) =>
        await town.EndsAsync(caller.Call(target), status);

    public static async Task<SipMessage> EndsAsync(this Town town, OutgoingCall call, int status)
    {
        var before = town.CountCalls();
        var answer = await call.Final;
        Assert.Equal(status, answer.StatusCode);
        await town.OnlyCalledAsync(before);
        return answer;
    }

    /// <summary>Calls that came to each device so far.</summary>
    public static IReadOnlyDictionary<SipDevice, int> CountCalls(this Town town) =>
        town.Devices.ToDictionary(device => device, CallsTo);

    /// <summary>Since then exactly these devices were called, once each, and nobody else.</summary>
    public static async Task OnlyCalledAsync(this Town town, IReadOnlyDictionary<SipDevice, int> before, params SipDevice[] expected)
    {
        // What Kamailio sent to a device earlier has come by the time its next answer does.
        foreach (var device in before.Keys.Where(device => !device.Closed.IsCompleted))
            Assert.Equal(200, (await device.OptionsAsync(Cancelled)).StatusCode);
        foreach (var (device, calls) in before)
        {
            var wanted = expected.Contains(device) ? 1 : 0;
            var came = device.CallsTo() - calls;
            Assert.True(wanted == came, $"{device.Address} was called {came} times instead of {wanted}.");
        }
    }
}
