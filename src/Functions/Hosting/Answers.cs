using Neolia.Functions.Tokens;
using Neolia.Functions.Wording;

namespace Neolia.Functions.Hosting;

/// <summary>Refusals that several endpoints give.</summary>
internal static class Answers
{
    public static IResult Error(int status, Sentence error, IReadOnlyList<Sentence>? details = null) => new ErrorResult(status, error, details ?? []);

    public static IResult TooLarge() => Error(
        StatusCodes.Status413PayloadTooLarge, new Sentence("The body is larger than 64 KiB.", "Le corps de la requête dépasse 64 Kio."));

    public static IResult NoAccountId() => Error(StatusCodes.Status400BadRequest, new Sentence(
        "The account's id in the path is not a uuid.", "L'identifiant du compte dans le chemin n'est pas un uuid."));

    /// <param name="status">What asking again means to the caller: 409 for who works on the account, too, 503 for a device.</param>
    public static IResult BeingChanged(int status) => Error(status, new Sentence(
        "The account is being changed at this moment. Try again.", "Le compte est en cours de modification. Réessayez."));

    public static IResult NoSuchAccount() => Error(StatusCodes.Status404NotFound, new Sentence(
        "There is no such account among yours. Reload the list; it may have been deleted.",
        "Ce compte n'existe pas parmi les vôtres. Rechargez la liste ; il a peut-être été supprimé."));

    public static IResult Unauthorized(TokenVerdict verdict) => Error(StatusCodes.Status401Unauthorized, verdict switch
    {
        TokenVerdict.Missing => new Sentence(
            "Sign in first: the header 'Authorization: Bearer <Supabase user token>' is needed.",
            "Connectez-vous d'abord : l'en-tête « Authorization: Bearer <jeton d'utilisateur Supabase> » est nécessaire."),
        TokenVerdict.Expired => new Sentence("The session has expired. Sign in again.", "La session a expiré. Reconnectez-vous."),
        TokenVerdict.ApiKey => new Sentence(
            "This is an API key, which names no user. Send the token of a signed-in user.",
            "Ceci est une clé d'API, qui ne désigne aucun utilisateur. Envoyez le jeton d'un utilisateur connecté."),
        TokenVerdict.NotAUser => new Sentence(
            "This token is not one of a signed-in user. Sign in and send that user's token.",
            "Ce jeton n'est pas celui d'un utilisateur connecté. Connectez-vous et envoyez le jeton de cet utilisateur."),
        _ => new Sentence("The token is not valid here. Sign in again.", "Le jeton n'est pas valable ici. Reconnectez-vous."),
    });
}
