using System.Text.Json;
using Neolia.Functions.Wording;

namespace Neolia.Functions.KamailioSync;

internal enum SyncAction
{
    SyncAll,
    CreateAccount,
    DeleteAccount,
    CheckStatus,
}

/// <param name="AccountId">Present for the actions on one account.</param>
/// <param name="Password">One that the user chose; absent to have one made.</param>
internal sealed record SyncRequest(SyncAction Action, Guid AccountId, string? Password)
{
    /// <summary>Records print their members, and a password must never reach a log.</summary>
    public override string ToString() => $"{Action} {AccountId}";

    private static readonly string[] Fields = ["action", "account_id", "username", "password"];

    private const string Actions = "sync_all, create_account, delete_account, check_status";

    private static readonly Sentence ActionMissing = new(
        $"'action' is missing; it is one of {Actions}.", $"« action » manque ; c'est l'une de {Actions}.");

    private static readonly Sentence ActionUnknown = new(
        $"'action' is unknown; it is one of {Actions}.", $"« action » est inconnue ; c'est l'une de {Actions}.");

    private static readonly Sentence AccountIdMissing = new("'account_id' is missing.", "« account_id » manque.");
    private static readonly Sentence AccountIdNoUuid = new("'account_id' is not a uuid.", "« account_id » n'est pas un uuid.");
    private static readonly Sentence NoObject = new("The body is not a JSON object.", "Le corps de la requête n'est pas un objet JSON.");

    /// <summary>The request, or one sentence for each fault of the body. A fault never repeats the body's values.</summary>
    public static (SyncRequest? Request, IReadOnlyList<Sentence> Faults) Parse(ReadOnlySpan<byte> body)
    {
        SyncBody? fields;
        try
        {
            fields = JsonSerializer.Deserialize(body, SyncJson.Default.SyncBody);
        }
        catch (JsonException exception)
        {
            return (null, [Explain(exception)]);
        }

        var action = fields?.Action switch
        {
            "sync_all" => SyncAction.SyncAll,
            "create_account" => SyncAction.CreateAccount,
            "delete_account" => SyncAction.DeleteAccount,
            "check_status" => SyncAction.CheckStatus,
            _ => (SyncAction?)null,
        };
        if (action is null)
            return (null, [fields?.Action is null ? ActionMissing : ActionUnknown]);

        var accountId = Guid.Empty;
        if (action is SyncAction.CreateAccount or SyncAction.DeleteAccount && !Guid.TryParseExact(fields!.AccountId, "D", out accountId))
            return (null, [fields.AccountId is null ? AccountIdMissing : AccountIdNoUuid]);
        return (new SyncRequest(action.Value, accountId, string.IsNullOrEmpty(fields!.Password) ? null : fields.Password), []);
    }

    /// <summary>Only names that we know are said: the exception's own path and message quote the body. An inner one means bad syntax.</summary>
    private static Sentence Explain(JsonException exception) =>
        exception.InnerException is not JsonException && Fields.FirstOrDefault(field => exception.Path == $"$.{field}") is { } field
            ? new Sentence($"'{field}' must be a string.", $"« {field} » doit être une chaîne de caractères.")
            : NoObject;
}

/// <summary>The body as sent. <c>username</c> is accepted and not needed: an account is named by its id.</summary>
internal sealed record SyncBody(string? Action, string? AccountId, string? Username, string? Password)
{
    /// <summary>Records print their members, and a password must never reach a log.</summary>
    public override string ToString() => $"body of {Action}";
}
