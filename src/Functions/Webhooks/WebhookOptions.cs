using Microsoft.Extensions.Options;
using Neolia.Functions.Doorbells;

namespace Neolia.Functions.Webhooks;

/// <summary>Settings <c>Webhook__*</c>.</summary>
internal sealed class WebhookOptions
{
    public const string Section = "Webhook";

    /// <summary>Secret of the doorbell, <c>whsec_…</c>; during a change the old and the new one, separated by a blank. Unset: every doorbell is refused.</summary>
    public string? Secret { get; set; }
}

internal sealed class WebhookOptionsValidator : IValidateOptions<WebhookOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        try
        {
            DoorbellSignature.ParseSecrets(options.Secret);
            return ValidateOptionsResult.Success;
        }
        catch (FormatException exception)
        {
            return ValidateOptionsResult.Fail($"Webhook__Secret is malformed. {exception.Message}");
        }
    }
}
