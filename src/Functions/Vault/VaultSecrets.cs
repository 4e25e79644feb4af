using Azure;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Options;
using Neolia.Functions.Logging;
using Neolia.Functions.Secrets;

namespace Neolia.Functions.Vault;

/// <summary>
/// Secrets from Azure Key Vault, read at the start and then every so often. While the vault is out of reach the last
/// good values serve; before a first reading there are none, and it is tried again every few seconds.
/// </summary>
internal sealed class VaultSecrets(SecretClient vault, IOptions<VaultOptions> options, TimeProvider clock, ILogger<VaultSecrets> logger)
    : BackgroundService, ISecrets
{
    private static readonly TimeSpan RetryFirstReading = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _reading = new(1);
    private volatile IReadOnlyDictionary<Secret, string>? _values;
    private long _readings;

    private DateTimeOffset? _unreachableSince;

    public string? Trouble => (_unreachableSince, _values) switch
    {
        (null, null) => "the vault is being read for the first time",
        (null, _) => null,
        ({ } since, null) => $"the vault is unreachable since {since:u}, and no secret could be read yet",
        ({ } since, _) => $"the vault is unreachable since {since:u}; the last good values serve",
    };

    /// <summary>Names of the secrets in the vault.</summary>
    public static string NameOf(Secret secret) => secret switch
    {
        Secret.SupabasePassword => "supabase-password",
        Secret.KamailioPassword => "kamailio-password",
        Secret.WebhookSecret => "webhook-secret",
        Secret.JwtSecret => "supabase-jwt-secret",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public string? Read(Secret secret) => _values?.GetValueOrDefault(secret);

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        // A reading that began after the asking answers everybody who waited for it.
        var seen = Interlocked.Read(ref _readings);
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (Interlocked.Read(ref _readings) <= seen + 1 || _values is null)
                await ReadAllAsync(cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    public override void Dispose()
    {
        _reading.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await RefreshAsync(stoppingToken);
            await Task.Delay(_values is null ? RetryFirstReading : options.Value.RefreshInterval, clock, stoppingToken);
        }
    }

    private async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            var values = new Dictionary<Secret, string>();
            foreach (var secret in Enum.GetValues<Secret>())
            {
                if (await ReadOneAsync(NameOf(secret), cancellationToken) is { } value)
                    values[secret] = value;
            }

            if (_unreachableSince is not null)
                logger.VaultReachable();
            (_values, _unreachableSince) = (values, null);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Whatever it was (network, identity, rights), the values at hand are better than none.
            _unreachableSince ??= clock.GetUtcNow();
            logger.VaultUnreachable(vault.VaultUri.Host, exception.GetType().Name, (exception as RequestFailedException)?.Status ?? 0, _values is not null);
        }
        finally
        {
            Interlocked.Increment(ref _readings);
        }
    }

    private async Task<string?> ReadOneAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await vault.GetSecretAsync(name, cancellationToken: cancellationToken)).Value.Value;
        }
        catch (RequestFailedException exception) when (exception.Status == StatusCodes.Status404NotFound)
        {
            return null;
        }
    }
}
