using System.Net;
using System.Net.Sockets;
using System.Text;
using Neolia.LocalStack;

namespace Neolia.Package.Tests.Requests;

/// <summary>
/// A proxied request that ends the process is sent again until the whole host stops: so whatever comes, past the host
/// or behind its back, is answered or dropped, and the same process goes on.
/// </summary>
public sealed class PoisonTests(PackageFixture shared)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, int> Bodies => new()
    {
        { "1 MB", new string('x', 1_000_000), 413 },
        { "no JSON", "\0\u0001\u0002{{{", 400 },
        { "deep", new string('[', 60_000), 400 },
        { "deep objects", string.Concat(Enumerable.Repeat("{\"action\":", 6_000)), 400 },
        { "lone surrogate", """{"action":"\ud800"}""", 400 },
        { "huge number", """{"action":1e999999999}""", 400 },
        { "doubled fields", """{"action":"create_account","action":"nonsense"}""", 400 },
        { "empty", "", 400 },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_bad_body_is_answered_and_the_process_goes_on(string what, string body, int status)
    {
        using var user = await DashboardUser.SignInAsync(shared);
        foreach (var chunked in new[] { false, true })
        {
            using var client = new HttpClient { BaseAddress = shared.Host.Url };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/kamailio-sync") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            request.Headers.Add("Authorization", user.Authorization);
            request.Headers.TransferEncodingChunked = chunked;

            await OutlivesAsync(async () =>
            {
                using var answer = await client.SendAsync(request, Cancelled);
                Assert.True(status == (int)answer.StatusCode, $"{what}: {answer.StatusCode}");
            });
        }
    }

    [Theory]
    [InlineData("/api/sip-accounts/%00/credentials")]
    [InlineData("/api/sip-accounts/..%2f..%2f/credentials")]
    [InlineData("/api/sip-accounts/%ff%fe/credentials")]
    [InlineData("/api/kamailio-sync?%ff=%zz&code=%00")]
    [InlineData("/api/webhooks/supabase?a[0]=1&a[0]=2")]
    public Task A_strange_path_is_answered_and_the_process_goes_on(string path) => OutlivesAsync(async () =>
    {
        var answer = await SendRawAsync(shared.Host.Url, $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}");
        Assert.Matches("^HTTP/1.1 4[0-9]{2} ", answer);
    });

    [Theory]
    [InlineData("POST /api/kamailio-sync HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{\"action\"")]
    [InlineData("POST /drain HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{")]
    [InlineData("POST /drain HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("GET / HTTP/9.9\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001")]
    [InlineData("GET")]
    public Task A_broken_request_straight_to_the_program_is_dropped_and_the_process_goes_on(string bytes) =>
        OutlivesAsync(() => SendRawAsync(shared.Host.HandlerUrl, bytes, thatIsAll: true));

    [Fact]
    public Task Headers_of_100_kB_are_refused_and_the_process_goes_on() => OutlivesAsync(async () =>
    {
        var answer = await SendRawAsync(shared.Host.HandlerUrl, $"GET / HTTP/1.1\r\nHost: x\r\nX-Long: {new string('x', 100_000)}\r\n\r\n");
        Assert.Contains("431", answer, StringComparison.Ordinal);
    });

    [Fact]
    public Task Clients_that_hang_up_take_nothing_with_them() => OutlivesAsync(() => Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, shared.Host.Url.Port, Cancelled);
        await socket.GetStream().WriteAsync("POST /api/webhooks/supabase HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{"u8.ToArray(), Cancelled);
        socket.LingerState = new LingerOption(true, 0); // A reset, not a farewell.
    })));

    private async Task OutlivesAsync(Func<Task> send)
    {
        var process = shared.Host.HandlerProcessId;

        await send();

        using var client = new HttpClient { BaseAddress = shared.Host.Url };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/health/live", Cancelled)).StatusCode);
        Assert.Equal(process, shared.Host.HandlerProcessId);
        Assert.Empty(shared.Host.Faults);
    }

    /// <summary>What came back until the other side closed.</summary>
    /// <param name="thatIsAll">True: our side closes at once, in the middle of the request.</param>
    private static async Task<string> SendRawAsync(Uri server, string bytes, bool thatIsAll = false)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, server.Port, Cancelled);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes), Cancelled);
        if (thatIsAll)
            socket.Client.Shutdown(SocketShutdown.Send);
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, Cancelled);
        }
        catch (IOException)
        {
            // A reset is an answer, too.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }
}
