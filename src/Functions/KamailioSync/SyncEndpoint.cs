using Neolia.Functions.Actions;
using Neolia.Functions.Hosting;
using Neolia.Functions.Supabase;
using Neolia.Functions.Tokens;
using Neolia.Functions.Wording;

namespace Neolia.Functions.KamailioSync;

/// <summary><c>POST /api/kamailio-sync</c>, the contract of the edge function that it replaces.</summary>
internal static class SyncEndpoint
{
    private static readonly Sentence NotUnderstood = new(
        "The request is not one that kamailio-sync understands.", "kamailio-sync ne comprend pas cette requête.");

    public static void AddKamailioSync(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AccountLookup>();
        builder.Services.AddSingleton<Credentials.CredentialStore>();
        builder.Services.AddSingleton<QueueWatch>();
        builder.Services.AddSingleton<CredentialIssuer>();
        builder.Services.AddSingleton<CreateAccount>();
        builder.Services.AddSingleton<DeleteAccount>();
        builder.Services.AddSingleton<AmbiguousNumbers>();
        builder.Services.AddSingleton<SyncAll>();
        builder.Services.AddChecking();
        builder.Services.AddSingleton<CheckStatus>();
    }

    public static void MapKamailioSync(this WebApplication app) => app.MapPost("/api/kamailio-sync", HandleAsync);

    private static async Task<IResult> HandleAsync(
        HttpRequest http, UserTokens tokens, CreateAccount createAccount, DeleteAccount deleteAccount, SyncAll syncAll, CheckStatus checkStatus,
        CancellationToken cancellationToken)
    {
        var (verdict, caller) = await tokens.VerifyAsync(http.Headers.Authorization, cancellationToken);
        if (caller is null)
            return Answers.Unauthorized(verdict);
        if (await BoundedBody.ReadAsync(http, cancellationToken) is not { } body)
            return Answers.TooLarge();
        var (request, faults) = SyncRequest.Parse(body);
        if (request is null)
            return Answers.Error(StatusCodes.Status400BadRequest, NotUnderstood, faults);

        if (request.Action == SyncAction.CheckStatus)
            return Results.Json(await checkStatus.RunAsync(caller, http.HttpContext.AnswerLanguage(), cancellationToken), SyncJson.Default.StatusAnswer);

        var answer = request.Action switch
        {
            SyncAction.SyncAll => await syncAll.RunAsync(caller, cancellationToken),
            SyncAction.CreateAccount => await createAccount.RunAsync(caller, request.AccountId, request.Password, cancellationToken),
            SyncAction.DeleteAccount => await deleteAccount.RunAsync(caller, request.AccountId, cancellationToken),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return answer is null
            ? Answers.NoSuchAccount()
            : Results.Json(SyncAnswer.Of(request.Action, answer, http.HttpContext.AnswerLanguage()), SyncJson.Default.SyncAnswer);
    }
}
