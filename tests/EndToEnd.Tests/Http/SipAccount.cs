using System.Net;
using System.Text.Json;
using Neolia.LocalStack;
using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Http;

internal sealed record SipAccount(Guid Id, string Username, string Domain)
{
    public static SipAccount Of(JsonElement row) =>
        new(row.GetProperty("id").GetGuid(), row.GetProperty("username").GetString()!, row.GetProperty("domain").GetString()!);

    /// <summary>Status of a real REGISTER of this account against Kamailio.</summary>
    /// <param name="digestUsername">The user name that is proven with; this account's when null.</param>
    public async Task<int> RegisterAsync(Stack stack, string password, string? digestUsername = null)
    {
        await using var device = new SipDevice(new SipDeviceOptions
        {
            Server = new IPEndPoint(IPAddress.Loopback, stack.Kamailio.UdpPort),
            Username = Username,
            Domain = Domain,
            Password = password,
            DigestUsername = digestUsername,
        });
        try
        {
            return (await device.RegisterAsync(TestContext.Current.CancellationToken)).StatusCode;
        }
        catch (SipTimeoutException silence)
        {
            throw new TimeoutException($"{silence.Message} Kamailio's log ends with:\n{stack.Kamailio.Process.LogTail()}", silence);
        }
    }

    /// <summary>Waits until nothing about the account waits any more: a device that keeps trying before is taken for one that guesses.</summary>
    public Task UntilAppliedAsync(Stack stack) => Eventually.HoldsAsync(
        "the account is applied",
        () => stack.ReadSupabaseAsync<bool>("select not exists (select from kamailio_sync.queue where subject_id = $1)", Id));

    /// <summary>How many contacts Kamailio could send a call to.</summary>
    public Task<long> CountContactsAsync(Stack stack) =>
        stack.ReadKamailioAsync<long>("select count(*) from location where username = @p0 and domain = @p1", Username, Domain);

    public Task<long> CountSubscribersAsync(Stack stack) =>
        stack.ReadKamailioAsync<long>("select count(*) from subscriber where username = @p0 and domain = @p1", Username, Domain);

    /// <summary>Everything that Kamailio holds of this name, to be compared.</summary>
    public Task<string?> SubscriberAsync(Stack stack) => stack.ReadKamailioAsync<string?>(
        "select concat_ws('|', id, username, domain, password, ha1, ha1b) from subscriber where username = @p0 and domain = @p1", Username, Domain);
}
