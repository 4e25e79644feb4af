using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Neolia.Functions.Actions;
using Neolia.Functions.Hosting;
using Neolia.Functions.KamailioSync;
using Neolia.Functions.Tokens;
using Neolia.Functions.Wording;

namespace Neolia.Functions.SipAccounts;

/// <summary>
/// <c>POST /api/sip-accounts/{id}/credentials</c>: new credentials, whatever the account had. Body, optional:
/// <c>{ "password": "…" }</c>. Answers the phone's configuration, once.
/// </summary>
internal static class CredentialsEndpoint
{
    private static readonly Sentence BadBody = new(
        "The body must be empty, or a JSON object with 'password' as text.",
        "Le corps doit être vide, ou un objet JSON avec « password » sous forme de texte.");

    public static void MapSipAccounts(this WebApplication app) => app.MapPost("/api/sip-accounts/{id}/credentials", HandleAsync);

    private static async Task<IResult> HandleAsync(
        string id, HttpRequest http, UserTokens tokens, CredentialIssuer issuer, CancellationToken cancellationToken)
    {
        var (verdict, caller) = await tokens.VerifyAsync(http.Headers.Authorization, cancellationToken);
        if (caller is null)
            return Answers.Unauthorized(verdict);
        if (!Guid.TryParseExact(id, "D", out var accountId))
            return Answers.NoAccountId();
        if (await BoundedBody.ReadAsync(http, cancellationToken) is not { } body)
            return Answers.TooLarge();
        if (!TryReadPassword(body, out var password))
            return Answers.Error(StatusCodes.Status400BadRequest, BadBody);

        var result = await issuer.IssueAsync(caller, accountId, password, replace: true, cancellationToken);
        return result.Outcome switch
        {
            IssueOutcome.Issued => Results.Json(IssuedAnswer.Of(result, http.HttpContext.AnswerLanguage()), SipAccountsJson.Default.IssuedAnswer),
            IssueOutcome.NoSuchAccount => Answers.NoSuchAccount(),
            IssueOutcome.PasswordRefused => Answers.Error(StatusCodes.Status400BadRequest, result.Message!),
            IssueOutcome.Busy => Answers.Error(StatusCodes.Status409Conflict, result.Message!),
            _ => throw new UnreachableException(),
        };
    }

    private static bool TryReadPassword(byte[] body, out string? password)
    {
        password = null;
        if (body.Length == 0)
            return true;
        try
        {
            password = JsonSerializer.Deserialize(body, SipAccountsJson.Default.IssueBody)?.Password is { Length: > 0 } given ? given : null;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

internal sealed record IssueBody(string? Password)
{
    /// <summary>Records print their members, and a password must never reach a log.</summary>
    public override string ToString() => "credentials request";
}

/// <summary>The phone's configuration as it spells it, and what its owner should know.</summary>
internal sealed record IssuedAnswer(
    string Uri,
    string Username,
    string Domain,
    string Password,
    string WsServers,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DisplayName,
    IReadOnlyList<string> Warnings)
{
    public static IssuedAnswer Of(IssueResult result, Language language) => result.Configuration is { } c
        ? new IssuedAnswer(c.Uri, c.Username, c.Domain, c.Password, c.WsServers, c.DisplayName, [.. result.Warnings.Select(w => w.In(language))])
        : throw new UnreachableException();

    /// <summary>Records print their members, and a password must never reach a log.</summary>
    public override string ToString() => $"credentials of {Uri}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IssueBody))]
[JsonSerializable(typeof(IssuedAnswer))]
internal sealed partial class SipAccountsJson : JsonSerializerContext;
