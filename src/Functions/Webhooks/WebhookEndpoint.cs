using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Neolia.Functions.Applying;
using Neolia.Functions.Doorbells;
using Neolia.Functions.Draining;
using Neolia.Functions.Hosting;
using Neolia.Functions.Logging;
using Neolia.Functions.Wording;

namespace Neolia.Functions.Webhooks;

/// <summary>
/// <c>POST /api/webhooks/supabase</c>, the doorbell. Its body is verified and never read as data: what is due stands
/// in the queue, whichever table the webhook names.
/// </summary>
internal static class WebhookEndpoint
{
    public static void AddWebhooks(this WebApplicationBuilder builder) => builder.Services.AddSingleton<DoorbellVerifier>();

    public static void MapWebhooks(this WebApplication app) => app.MapPost("/api/webhooks/supabase", HandleAsync);

    private static async Task<IResult> HandleAsync(
        HttpRequest request, DoorbellVerifier verifier, DrainRunner drain, IOptions<DrainOptions> options, ILogger<DoorbellVerifier> logger,
        CancellationToken cancellationToken)
    {
        if (await BoundedBody.ReadAsync(request, cancellationToken) is not { } body)
            return Answers.TooLarge();

        var verdict = verifier.Verify(
            request.Headers["webhook-id"], request.Headers["webhook-timestamp"], request.Headers["webhook-signature"], body);
        if (verdict != DoorbellVerdict.Genuine)
        {
            logger.DoorbellRefused(verdict);
            return Answers.Error(StatusCodes.Status401Unauthorized, Explain(verdict));
        }

        var report = await drain.DrainAsync(options.Value.WebhookBudget, cancellationToken);
        return Results.Json(
            new WebhookAnswer(report.Complete, report.Applied, report.Count(Outcome.Refused), report.Count(Outcome.Retry)),
            WebhookJson.Default.WebhookAnswer,
            statusCode: report.Complete ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private static Sentence Explain(DoorbellVerdict verdict) => verdict switch
    {
        DoorbellVerdict.NoSecret => new Sentence(
            "No usable webhook secret is configured here: set Webhook__Secret, or webhook-secret in the vault.",
            "Aucun secret de webhook utilisable n'est configuré ici : définissez Webhook__Secret, ou webhook-secret dans le coffre."),
        DoorbellVerdict.MissingHeaders => new Sentence(
            "The headers webhook-id, webhook-timestamp and webhook-signature are needed.",
            "Les en-têtes webhook-id, webhook-timestamp et webhook-signature sont nécessaires."),
        DoorbellVerdict.OutsideTolerance => new Sentence(
            "The timestamp is more than 300 seconds away from now.",
            "L'horodatage s'écarte de plus de 300 secondes de l'heure actuelle."),
        _ => new Sentence(
            "The signature doesn't match: check that both sides have the same secret.",
            "La signature ne correspond pas : vérifiez que les deux côtés ont le même secret."),
    };
}

/// <summary>What the drain did until the answer; <paramref name="Complete"/> false: the rest goes on.</summary>
internal sealed record WebhookAnswer(bool Complete, int Applied, int Failed, int Retrying);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WebhookAnswer))]
internal sealed partial class WebhookJson : JsonSerializerContext;
