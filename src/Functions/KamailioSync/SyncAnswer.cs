using System.Diagnostics;
using System.Text.Json.Serialization;
using Neolia.Functions.Actions;
using Neolia.Functions.Wording;

namespace Neolia.Functions.KamailioSync;

/// <summary>The answer to every action but <c>check_status</c>, in the contract's spelling.</summary>
internal sealed record SyncAnswer(
    bool Success,
    string Action,
    int AccountsCreated,
    int AccountsUpdated,
    int AccountsDeleted,
    IReadOnlyList<string> Errors,
    IReadOnlyList<string> Warnings,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CredentialsAnswer? Credentials)
{
    public static SyncAnswer Of(SyncAction action, ActionAnswer answer, Language language) => new(
        answer.Success,
        action switch
        {
            SyncAction.SyncAll => "sync_all",
            SyncAction.CreateAccount => "create_account",
            SyncAction.DeleteAccount => "delete_account",
            _ => throw new UnreachableException(),
        },
        answer.AccountsCreated,
        answer.AccountsUpdated,
        answer.AccountsDeleted,
        [.. answer.Errors.Select(e => e.In(language))],
        [.. answer.Warnings.Select(w => w.In(language))],
        answer.Credentials is { } c ? new CredentialsAnswer(c.Uri, c.Username, c.Domain, c.Password, c.WsServers, c.DisplayName) : null);
}

/// <summary>As the phone's configuration spells it, in camel case.</summary>
internal sealed record CredentialsAnswer(
    [property: JsonPropertyName("uri")] string Uri,
    [property: JsonPropertyName("username")] string Username,
    [property: JsonPropertyName("domain")] string Domain,
    [property: JsonPropertyName("password")] string Password,
    [property: JsonPropertyName("wsServers")] string WsServers,
    [property: JsonPropertyName("displayName"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DisplayName)
{
    /// <summary>Records print their members, and a password must never reach a log.</summary>
    public override string ToString() => $"credentials of {Uri}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SyncBody))]
[JsonSerializable(typeof(SyncAnswer))]
[JsonSerializable(typeof(StatusAnswer))]
internal sealed partial class SyncJson : JsonSerializerContext;
