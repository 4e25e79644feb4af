namespace Neolia.Functions.Secrets;

/// <summary>A secret that could not be read yet: the vault was out of reach since the start, or doesn't have it.</summary>
public sealed class MissingSecretException(Secret secret)
    : Exception($"The secret {secret} could not be read yet. Check that the vault has it, and that this app may read it.")
{
    public Secret Secret { get; } = secret;
}
