using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Neolia.Functions.Enrolling;
using Neolia.LocalStack;
using Neolia.LocalStack.Sip;
using Npgsql;

namespace Neolia.Bench.Enrolment;

/// <summary>Makes links past the app, and redeems them as devices do, each from an address of its own.</summary>
internal sealed class EnrolmentLoad(Stack stack, NpgsqlDataSource supabase) : IDisposable
{
    private const string InsertLink = """
        with link as (
          insert into public.sip_account_enrolments (sip_account_id, expires_at) values ($1, now() + interval '1 hour') returning id
        ), token as (
          insert into kamailio_sync.enrolment_tokens (enrolment_id, token_hash) select id, $2 from link
        )
        select id from link
        """;

    private readonly HttpClient _app = new() { BaseAddress = stack.App!.Url };
    private int _addresses;

    internal sealed record Link(Guid Id, string Secret);

    /// <summary>Milliseconds from asking: until the answer, and until the REGISTER was accepted.</summary>
    internal readonly record struct Times(double Redeemed, double Registered);

    public async Task<IReadOnlyList<Link>> MakeLinksAsync(int count, CancellationToken cancellationToken)
    {
        var accounts = new List<Guid>();
        await using (var read = supabase.CreateCommand("select id from public.sip_accounts order by id limit $1"))
        {
            read.Parameters.Add(new() { Value = count });
            await using var row = await read.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
                accounts.Add(row.GetGuid(0));
        }

        var links = new List<Link>();
        foreach (var account in accounts)
        {
            var secret = EnrolmentSecret.New();
            await using var insert = supabase.CreateCommand(InsertLink);
            insert.Parameters.Add(new() { Value = account });
            insert.Parameters.Add(new() { Value = EnrolmentSecret.Hash(secret) });
            links.Add(new Link((Guid)(await insert.ExecuteScalarAsync(cancellationToken))!, secret));
        }

        return links;
    }

    public async Task<IReadOnlyCollection<Times>> RunAsync(IReadOnlyList<Link> links, int sideBySide, CancellationToken cancellationToken)
    {
        var times = new ConcurrentBag<Times>();
        await Parallel.ForEachAsync(
            links,
            new ParallelOptions { MaxDegreeOfParallelism = sideBySide, CancellationToken = cancellationToken },
            async (link, cancelled) => times.Add(await EnrolAsync(link, cancelled)));
        return times;
    }

    public void Dispose() => _app.Dispose();

    private async Task<Times> EnrolAsync(Link link, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/enrol/{link.Id}") { Content = JsonContent.Create(new { secret = link.Secret }) };
        var n = Interlocked.Increment(ref _addresses);
        request.Headers.Add("X-Forwarded-For", $"198.18.{n >> 8}.{n & 255}");
        using var answer = await _app.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var configuration = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        var redeemed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        if (configuration.GetProperty("warnings").GetArrayLength() > 0)
            throw new InvalidOperationException("A password was handed out before Kamailio had it.");

        var name = configuration.GetProperty("uri").GetString()!["sip:".Length..].Split('@');
        await using var device = new SipDevice(new SipDeviceOptions
        {
            Server = new IPEndPoint(IPAddress.Loopback, stack.Kamailio.UdpPort),
            Username = name[0],
            Domain = name[1],
            Password = configuration.GetProperty("password").GetString()!,
        });
        var status = (await device.RegisterAsync(cancellationToken)).StatusCode;
        return status == 200
            ? new Times(redeemed, Stopwatch.GetElapsedTime(started).TotalMilliseconds)
            : throw new InvalidOperationException($"The REGISTER was answered {status}.");
    }
}
