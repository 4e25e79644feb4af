using Neolia.Functions.Logging;
using Neolia.Functions.Secrets;
using Neolia.Functions.Wording;
using Npgsql;

namespace Neolia.Functions.Hosting;

/// <summary>What a caller gets when something fails that no endpoint expects: a sentence, never a stack trace or a server's own words.</summary>
internal static class FaultAnswers
{
    private const string RetryAfterSeconds = "5";

    private static readonly Sentence Unreadable = new(
        "The request could not be read: send a JSON body of at most 64 KiB.",
        "La requête n'a pas pu être lue : envoyez un corps JSON de 64 Kio au plus.");

    private static readonly Sentence NoSupabase = new(
        "Supabase's database can't be reached right now. Try again in a few seconds.",
        "La base de données Supabase est injoignable pour le moment. Réessayez dans quelques secondes.");

    private static readonly Sentence Unexpected = new(
        "Something unexpected failed. Try again; if it stays, ask the operator to look at the log.",
        "Une erreur inattendue s'est produite. Réessayez ; si elle persiste, demandez à l'exploitant de consulter le journal.");

    private static readonly HashSet<string> OutOfReach =
    [
        PostgresErrorCodes.AdminShutdown, PostgresErrorCodes.CrashShutdown, PostgresErrorCodes.CannotConnectNow,
        PostgresErrorCodes.TooManyConnections, PostgresErrorCodes.ConnectionException, PostgresErrorCodes.ConnectionFailure,
        PostgresErrorCodes.ConnectionDoesNotExist, PostgresErrorCodes.InvalidPassword, PostgresErrorCodes.InvalidAuthorizationSpecification,
    ];

    public static void UseFaultAnswers(this WebApplication app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, exception.StatusCode, Unreadable);
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            app.Logger.RequestFailed(exception.GetType().Name, (exception as PostgresException)?.SqlState);
            if (SupabaseIsUnreachable(exception))
            {
                context.Response.Headers.RetryAfter = RetryAfterSeconds;
                await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, NoSupabase);
            }
            else
            {
                await AnswerAsync(context, StatusCodes.Status500InternalServerError, Unexpected);
            }
        }
    });

    private static bool SupabaseIsUnreachable(Exception exception) => exception switch
    {
        PostgresException postgres => OutOfReach.Contains(postgres.SqlState),
        NpgsqlException => true,
        MissingSecretException => true,
        TimeoutException => true,
        _ => false,
    };

    private static Task AnswerAsync(HttpContext context, int status, Sentence error) =>
        (context.GetEndpoint()?.Metadata.GetMetadata<FaultPage>() is { } page ? page.Of(status, context.AnswerLanguage()) : Answers.Error(status, error)).ExecuteAsync(context);
}
