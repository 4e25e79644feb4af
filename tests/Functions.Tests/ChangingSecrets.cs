using Neolia.Functions.Secrets;

namespace Neolia.Functions.Tests;

/// <summary>Secrets that a test changes as a vault would.</summary>
internal sealed class ChangingSecrets : ISecrets
{
    public string? Jwt { get; set; }

    public string? Webhook { get; set; }

    public string? Trouble => null;

    public string? Read(Secret secret) => secret switch
    {
        Secret.JwtSecret => Jwt,
        Secret.WebhookSecret => Webhook,
        _ => null,
    };

    public Task RefreshAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
