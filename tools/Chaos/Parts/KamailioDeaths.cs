using System.Net;
using Neolia.Chaos.Arenas;
using Neolia.Chaos.Checking;
using Neolia.LocalStack.Sip;
using Neolia.LocalStack.Supervision;

namespace Neolia.Chaos.Parts;

/// <summary>
/// Real devices at a real Kamailio, which is killed while their accounts are deleted, disabled, re-keyed and renamed: none
/// of their contacts may be there afterwards, and none of them gets in again with what it knows.
/// </summary>
internal sealed class KamailioDeaths(Ground ground)
{
    private const int Devices = 8;

    private readonly Random _random = ground.Random("kamailio");

    public async Task RunAsync(int rounds, CancellationToken cancellationToken)
    {
        ground.Crew.Calm();
        for (var round = 0; round < rounds; round++)
            await RunAsync(cancellationToken);
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var (arena, kamailio) = (ground.Arena, ground.Arena.Stack.Kamailio);
        var password = Secrets.NewPassword();
        await arena.Supabase.ExecuteAsync(
            """
            insert into public.sip_accounts (unit_id, username, type) select u.id, 'device-' || n, 'panel' from public.units u, generate_series(1, 8) n where u.number = 'probe'
            """,
            cancellationToken);
        await arena.Supabase.ExecuteAsync(
            """
            update kamailio_sync.credentials set issued_at = now(),
              ha1 = md5(username || ':' || realm || ':' || $1), ha1b = md5(username || '@' || domain || ':' || realm || ':' || $1)
            where username like 'device-%'
            """,
            cancellationToken, password);
        await ground.Checker.CheckAsync(ofOneHistory: true, cancellationToken);

        await kamailio.StartAgainAsync(cancellationToken);
        var devices = Enumerable.Range(1, Devices).Select(n => new SipDevice(new SipDeviceOptions
        {
            Server = new IPEndPoint(IPAddress.Loopback, kamailio.UdpPort),
            Username = $"device-{n}",
            Domain = Arena.Domain,
            Password = password,
        })).ToList();
        try
        {
            foreach (var device in devices)
                await ExpectAsync(device, isLetIn: true, cancellationToken);
            await LoseAsync(kamailio.Process, cancellationToken);
            await ground.Checker.CheckAsync(ofOneHistory: true, cancellationToken);
            var left = await arena.Kamailio.ReadOneAsync<long>("select count(*) from location where username like 'device-%'", cancellationToken);
            if (left > 0)
                ground.Checker.Violations.Add(ViolationKind.ContactLeft, $"{left} contacts of real devices outlived their accounts");

            await kamailio.StartAgainAsync(cancellationToken);
            foreach (var device in devices)
                await ExpectAsync(device, isLetIn: false, cancellationToken);
        }
        finally
        {
            foreach (var device in devices)
                await device.DisposeAsync();
            await kamailio.StopAsync(CancellationToken.None);
            await arena.Supabase.ExecuteAsync("delete from public.sip_accounts where username like 'device-%' or username like 'moved-%'", CancellationToken.None);
        }

        ground.Faults.Count("Kamailio killed while accounts of its devices went");
    }

    private async Task LoseAsync(SupervisedServer kamailio, CancellationToken cancellationToken)
    {
        var killing = Task.Run(
            async () =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(60)), cancellationToken);
                await kamailio.StopAsync("KILL", TimeSpan.FromSeconds(5), cancellationToken);
            },
            cancellationToken);
        await ground.Arena.Supabase.ExecuteAsync("delete from public.sip_accounts where username in ('device-1', 'device-2', 'device-3')", cancellationToken);
        await ground.Arena.Supabase.ExecuteAsync("update public.sip_accounts set enabled = false where username in ('device-4', 'device-5')", cancellationToken);
        await ground.Arena.Supabase.ExecuteAsync("update kamailio_sync.credentials set ha1 = chaos.random_digest(), ha1b = chaos.random_digest() where username = 'device-6'", cancellationToken);
        await ground.Arena.Supabase.ExecuteAsync("update public.sip_accounts set username = 'moved-' || username where username in ('device-7', 'device-8')", cancellationToken);
        await killing;
    }

    private async Task ExpectAsync(SipDevice device, bool isLetIn, CancellationToken cancellationToken)
    {
        var answer = await device.RegisterAsync(cancellationToken);
        if (answer.StatusCode == 200 != isLetIn)
            ground.Checker.Violations.Add(isLetIn ? ViolationKind.Lost : ViolationKind.Resurrected, $"{device.Address} was answered {answer.StatusCode} by Kamailio");
    }
}
