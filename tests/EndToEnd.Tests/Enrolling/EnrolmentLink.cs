using System.Net.Http.Json;
using System.Text;
using Neolia.EndToEnd.Tests.Http;

namespace Neolia.EndToEnd.Tests.Enrolling;

/// <summary>A link that the dashboard made, and the device that opens it, from an address of its own.</summary>
internal sealed record EnrolmentLink(Guid Id, string Secret, Answer Made)
{
    private static int _addresses;

    /// <summary>As Azure's front end tells it; limits are kept by it.</summary>
    public string Address { get; init; } = NewAddress();

    /// <summary>One that no other test comes from (RFC 5737, and the network for benchmarks of RFC 2544).</summary>
    public static string NewAddress() => Interlocked.Increment(ref _addresses) is var n ? $"198.{18 + (n >> 16 & 1)}.{n >> 8 & 255}.{n & 255}" : "";

    public static Task<Answer> TryMakeAsync(Dashboard dashboard, string account, HttpContent? body = null, string? authorization = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/sip-accounts/{account}/enrolments") { Content = body };
        request.Headers.TryAddWithoutValidation("Authorization", authorization ?? dashboard.Authorization);
        return dashboard.App.SendAsync(request);
    }

    public static EnrolmentLink Of(Answer made)
    {
        Assert.Equal(201, made.Status);
        return new EnrolmentLink(made["id"].GetGuid(), new Uri(made["url"].GetString()!).Fragment[1..], made);
    }

    public static async Task<EnrolmentLink> MakeAsync(Dashboard dashboard, SipAccount account, int? minutes = null) =>
        Of(await TryMakeAsync(dashboard, account.Id.ToString(), minutes is null ? null : JsonContent.Create(new { valid_minutes = minutes })));

    public Task<Answer> ShowAsync(AppClient app, string? id = null) => SendAsync(app, HttpMethod.Get, id ?? Id.ToString(), null);

    public Task<Answer> RedeemAsync(AppClient app) => RedeemAsync(app, Id.ToString(), $$"""{"secret":"{{Secret}}"}""");

    public Task<Answer> RedeemAsync(AppClient app, string id, string body) =>
        SendAsync(app, HttpMethod.Post, id, new StringContent(body, Encoding.UTF8, "application/json"));

    private Task<Answer> SendAsync(AppClient app, HttpMethod method, string id, HttpContent? body)
    {
        var request = new HttpRequestMessage(method, $"/api/enrol/{id}") { Content = body };
        request.Headers.Add("X-Forwarded-For", $"{Address}:49152");
        return app.SendAsync(request);
    }
}
