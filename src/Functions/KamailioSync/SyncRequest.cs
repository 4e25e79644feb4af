using System.Text.Json;

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

    /// <summary>The request, or one sentence for each fault of the body. A fault never repeats the body's values.</summary>
    public static (SyncRequest? Request, IReadOnlyList<string> Faults) Parse(ReadOnlySpan<byte> body)
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
            return (null, [fields?.Action is null ? $"'action' is missing; it is one of {Actions}." : $"'action' is unknown; it is one of {Actions}."]);

        var accountId = Guid.Empty;
        if (action is SyncAction.CreateAccount or SyncAction.DeleteAccount && !Guid.TryParseExact(fields!.AccountId, "D", out accountId))
            return (null, [fields.AccountId is null ? "'account_id' is missing." : "'account_id' is not a uuid."]);
        return (new SyncRequest(action.Value, accountId, string.IsNullOrEmpty(fields!.Password) ? null : fields.Password), []);
    }

    /// <summary>Only names that we know are said: the exception's own path and message quote the body. An inner one means bad syntax.</summary>
    private static string Explain(JsonException exception) =>
        exception.InnerException is not JsonException && Fields.FirstOrDefault(field => exception.Path == $"$.{field}") is { } field
            ? $"'{field}' must be a string."
            : "The body is not a JSON object.";
}

/// <summary>The body as sent. <c>username</c> is accepted and not needed: an account is named by its id.</summary>
internal sealed record SyncBody(string? Action, string? AccountId, string? Username, string? Password)
{
    /// <summary>Records print their members, and a password must never reach a log.</summary>
    public override string ToString() => $"body of {Action}";
}
