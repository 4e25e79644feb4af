using System.Text.Json;
using System.Text.Json.Serialization;
using Neolia.Functions.Actions;
using Neolia.Functions.Hosting;
using Neolia.Functions.Wording;

namespace Neolia.Functions.Enrolling;

/// <summary>
/// The link itself. <c>GET /api/enrol/{id}</c> shows where it leads and changes nothing: previews and scanners open links by
/// themselves. <c>POST</c> with <c>{ "secret": "…" }</c> redeems it, and answers the phone's configuration, once. Whatever
/// is wrong, both answer the same, after the same work.
/// </summary>
internal static class LinkEndpoint
{
    private const string BusyForSeconds = "5";

    private static readonly Sentence Dead = new(
        "This code is not valid any more. Ask your installer for a new one.",
        "Ce code n'est plus valable. Demandez-en un nouveau à votre installateur.");

    private static readonly Sentence TooOften = new(
        "Too many attempts. Wait a minute and try again.", "Trop de tentatives. Patientez une minute, puis réessayez.");

    public static async Task<IResult> ShowAsync(string id, HttpContext http, AttemptLimits limits, EnrolmentLookup links, CancellationToken cancellationToken)
    {
        Protect(http.Response);
        var language = http.AnswerLanguage();
        var link = LinkOf(id);
        if (!limits.Admit(http, link, isRedeeming: false))
            return LinkPage.TooOften(language);
        return await links.FindAsync(link, cancellationToken) is { } place ? LinkPage.Of(place, language) : LinkPage.Dead(language);
    }

    public static async Task<IResult> RedeemAsync(string id, HttpContext http, AttemptLimits limits, EnrolmentRedeemer redeemer, CancellationToken cancellationToken)
    {
        Protect(http.Response);
        var link = LinkOf(id);
        if (!limits.Admit(http, link, isRedeeming: true))
            return Answers.Error(StatusCodes.Status429TooManyRequests, TooOften);

        var secret = ReadSecret(await BoundedBody.ReadAsync(http.Request, cancellationToken));
        var result = await redeemer.RedeemAsync(link, secret, cancellationToken);
        if (result is null)
            return Answers.Error(StatusCodes.Status404NotFound, Dead);
        if (result.Outcome == IssueOutcome.Issued)
            return Results.Json(RedeemedAnswer.Of(result, http.AnswerLanguage()), LinkJson.Default.RedeemedAnswer);
        http.Response.Headers.RetryAfter = BusyForSeconds;
        return Answers.BeingChanged(StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>What is no id goes the way of one that nobody has.</summary>
    private static Guid LinkOf(string id) => Guid.TryParseExact(id, "D", out var link) ? link : Guid.NewGuid();

    /// <summary>What is no secret goes the way of a wrong one.</summary>
    private static string ReadSecret(byte[]? body)
    {
        try
        {
            return body is null ? "" : JsonSerializer.Deserialize(body, LinkJson.Default.RedeemBody)?.Secret ?? "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static void Protect(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["X-Robots-Tag"] = "noindex, nofollow";
        response.Headers.XContentTypeOptions = "nosniff";
    }
}

internal sealed record RedeemBody(string? Secret)
{
    /// <summary>Records print their members, and the secret must never reach a log.</summary>
    public override string ToString() => "redeeming";
}

/// <summary>The phone's configuration as it spells it, and what its owner should know.</summary>
internal sealed record RedeemedAnswer(
    string Uri,
    string Password,
    string WsServers,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DisplayName,
    IReadOnlyList<string> Warnings)
{
    public static RedeemedAnswer Of(IssueResult result, Language language) => result.Configuration is { } c
        ? new RedeemedAnswer(c.Uri, c.Password, c.WsServers, c.DisplayName, [.. result.Warnings.Select(w => w.In(language))])
        : throw new System.Diagnostics.UnreachableException();

    /// <summary>Records print their members, and a password must never reach a log.</summary>
    public override string ToString() => $"credentials of {Uri}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RedeemBody))]
[JsonSerializable(typeof(RedeemedAnswer))]
internal sealed partial class LinkJson : JsonSerializerContext;
