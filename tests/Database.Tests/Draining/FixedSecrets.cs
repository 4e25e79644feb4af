using Neolia.Functions.Secrets;

namespace Neolia.Database.Tests.Draining;

/// <summary>The two passwords that a stack made at its start.</summary>
public sealed class FixedSecrets(string supabasePassword, string kamailioPassword) : ISecrets
{
    public string? Trouble => null;

    public string? Read(Secret secret) => secret switch
    {
        Secret.SupabasePassword => supabasePassword,
        Secret.KamailioPassword => kamailioPassword,
        _ => null,
    };

    public Task RefreshAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
