using Neolia.Functions.Actions;
using Neolia.Functions.Hosting;
using Neolia.Functions.SipProbe;
using Neolia.Functions.Supabase;
using Neolia.Functions.Tokens;

namespace Neolia.Functions.KamailioSync;

/// <summary><c>POST /api/kamailio-sync</c>, the contract of the edge function that it replaces.</summary>
internal static class SyncEndpoint
{
    public static void AddKamailioSync(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AccountLookup>();
        builder.Services.AddSingleton<Credentials.CredentialStore>();
        builder.Services.AddSingleton<QueueWatch>();
        builder.Services.AddSingleton<CreateAccount>();
        builder.Services.AddSingleton<DeleteAccount>();
        builder.Services.AddSingleton<SyncAll>();
        builder.Services.AddSingleton<RegisterProbe>();
        builder.Services.AddSingleton<CheckStatus>();
    }

    public static void MapKamailioSync(this WebApplication app) => app.MapPost("/api/kamailio-sync", HandleAsync);

    private static async Task<IResult> HandleAsync(
        HttpRequest http, UserTokens tokens, CreateAccount createAccount, DeleteAccount deleteAccount, SyncAll syncAll, CheckStatus checkStatus,
        CancellationToken cancellationToken)
    {
        var (verdict, caller) = await tokens.VerifyAsync(http.Headers.Authorization, cancellationToken);
        if (caller is null)
            return Error(StatusCodes.Status401Unauthorized, Explain(verdict));
        if (await BoundedBody.ReadAsync(http, cancellationToken) is not { } body)
            return Error(StatusCodes.Status413PayloadTooLarge, "The body is larger than 64 KiB.");
        var (request, faults) = SyncRequest.Parse(body);
        if (request is null)
            return Error(StatusCodes.Status400BadRequest, "The request is not one that kamailio-sync understands.", faults);

        return request.Action switch
        {
            SyncAction.CheckStatus => Results.Json(await checkStatus.RunAsync(cancellationToken), SyncJson.Default.StatusAnswer),
            SyncAction.SyncAll => Answer(request, await syncAll.RunAsync(caller, cancellationToken)),
            SyncAction.CreateAccount => Answer(request, await createAccount.RunAsync(caller, request.AccountId, request.Password, cancellationToken)),
            SyncAction.DeleteAccount => Answer(request, await deleteAccount.RunAsync(caller, request.AccountId, cancellationToken)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static IResult Answer(SyncRequest request, ActionAnswer? answer) => answer is null
        ? Error(StatusCodes.Status404NotFound, "There is no such account among yours. Reload the list; it may have been deleted.")
        : Results.Json(SyncAnswer.Of(request.Action, answer), SyncJson.Default.SyncAnswer);

    private static IResult Error(int status, string error, IReadOnlyList<string>? details = null) =>
        Results.Json(new ErrorAnswer(error, details ?? []), HostingJson.Default.ErrorAnswer, statusCode: status);

    private static string Explain(TokenVerdict verdict) => verdict switch
    {
        TokenVerdict.Missing => "Sign in first: the header 'Authorization: Bearer <Supabase user token>' is needed.",
        TokenVerdict.Expired => "The session has expired. Sign in again.",
        TokenVerdict.ApiKey => "This is an API key, which names no user. Send the token of a signed-in user.",
        TokenVerdict.NotAUser => "This token is not one of a signed-in user. Sign in and send that user's token.",
        _ => "The token is not valid here. Sign in again.",
    };
}
