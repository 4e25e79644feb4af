using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Neolia.Functions.Hosting;
using Neolia.Functions.Tokens;
using Neolia.Functions.Wording;

namespace Neolia.Functions.Enrolling;

/// <summary>
/// <c>POST /api/sip-accounts/{id}/enrolments</c>: a link by which a device gets the account's credentials, once, and its
/// picture. Body, optional: <c>{ "valid_minutes": 1440 }</c>.
/// </summary>
internal static class EnrolmentsEndpoint
{
    private const int DefaultMinutes = 24 * 60;
    private const int LeastMinutes = 5;
    private const int MostMinutes = 7 * 24 * 60;

    private static readonly Sentence BadBody = new(
        "The body must be empty, or a JSON object with 'valid_minutes' as a whole number from 5 to 10080 (7 days).",
        "Le corps doit être vide, ou un objet JSON avec « valid_minutes » sous forme de nombre entier de 5 à 10080 (7 jours).");

    private static readonly Sentence Disabled = new(
        "The account is disabled: no device can register with it. Enable it, and make the code then.",
        "Le compte est désactivé : aucun appareil ne peut s'y enregistrer. Activez-le, puis créez le code.");

    private static readonly Sentence NoOrigin = new(
        "Codes can't be made until the operator sets Enrolment__Origin, the address that devices reach this service at.",
        "Aucun code ne peut être créé tant que l'exploitant n'a pas défini Enrolment__Origin, l'adresse à laquelle les appareils joignent ce service.");

    public static async Task<IResult> HandleAsync(
        string id, HttpRequest http, UserTokens tokens, EnrolmentMaker maker, EnrolmentLinks links, CancellationToken cancellationToken)
    {
        http.HttpContext.Response.Headers.CacheControl = "no-store";
        var (verdict, caller) = await tokens.VerifyAsync(http.Headers.Authorization, cancellationToken);
        if (caller is null)
            return Answers.Unauthorized(verdict);
        if (!Guid.TryParseExact(id, "D", out var accountId))
            return Answers.NoAccountId();
        if (await BoundedBody.ReadAsync(http, cancellationToken) is not { } body)
            return Answers.TooLarge();
        if (ReadMinutes(body) is not { } minutes)
            return Answers.Error(StatusCodes.Status400BadRequest, BadBody);
        if (links.Origin is null)
            return Answers.Error(StatusCodes.Status503ServiceUnavailable, NoOrigin);

        var (outcome, link) = await maker.MakeAsync(caller, accountId, TimeSpan.FromMinutes(minutes), cancellationToken);
        return outcome switch
        {
            EnrolmentOutcome.Made => Results.Json(
                EnrolmentAnswer.Of(link!, links), EnrolmentJson.Default.EnrolmentAnswer, statusCode: StatusCodes.Status201Created),
            EnrolmentOutcome.NoSuchAccount => Answers.NoSuchAccount(),
            EnrolmentOutcome.AccountDisabled => Answers.Error(StatusCodes.Status409Conflict, Disabled),
            EnrolmentOutcome.Busy => Answers.BeingChanged(StatusCodes.Status409Conflict),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Null: not a body that is understood.</summary>
    private static int? ReadMinutes(byte[] body)
    {
        if (body.Length == 0)
            return DefaultMinutes;
        try
        {
            var asked = JsonSerializer.Deserialize(body, EnrolmentJson.Default.EnrolmentBody);
            var minutes = asked is null ? 0 : asked.ValidMinutes ?? DefaultMinutes;
            return minutes is >= LeastMinutes and <= MostMinutes ? minutes : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed record EnrolmentBody(int? ValidMinutes);

/// <param name="Url">Carries the secret: it is answered once, and kept nowhere.</param>
internal sealed record EnrolmentAnswer(Guid Id, string Url, string QrSvg, DateTimeOffset ExpiresAt)
{
    public static EnrolmentAnswer Of(NewEnrolment link, EnrolmentLinks links)
    {
        var address = links.Address(link.Id, link.Secret);
        return new EnrolmentAnswer(link.Id, address, QrPicture.Svg(address), link.ExpiresAt);
    }

    /// <summary>Records print their members, and the secret must never reach a log.</summary>
    public override string ToString() => $"enrolment {Id}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EnrolmentBody))]
[JsonSerializable(typeof(EnrolmentAnswer))]
internal sealed partial class EnrolmentJson : JsonSerializerContext;
