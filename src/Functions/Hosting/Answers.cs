using Neolia.Functions.Tokens;

namespace Neolia.Functions.Hosting;

/// <summary>Refusals that several endpoints give.</summary>
internal static class Answers
{
    public static IResult Error(int status, string error, IReadOnlyList<string>? details = null) =>
        Results.Json(new ErrorAnswer(error, details ?? []), HostingJson.Default.ErrorAnswer, statusCode: status);

    public static IResult TooLarge() => Error(StatusCodes.Status413PayloadTooLarge, "The body is larger than 64 KiB.");

    public static IResult NoSuchAccount() =>
        Error(StatusCodes.Status404NotFound, "There is no such account among yours. Reload the list; it may have been deleted.");

    public static IResult Unauthorized(TokenVerdict verdict) => Error(StatusCodes.Status401Unauthorized, verdict switch
    {
        TokenVerdict.Missing => "Sign in first: the header 'Authorization: Bearer <Supabase user token>' is needed.",
        TokenVerdict.Expired => "The session has expired. Sign in again.",
        TokenVerdict.ApiKey => "This is an API key, which names no user. Send the token of a signed-in user.",
        TokenVerdict.NotAUser => "This token is not one of a signed-in user. Sign in and send that user's token.",
        _ => "The token is not valid here. Sign in again.",
    });
}
