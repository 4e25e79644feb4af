namespace Neolia.Functions.Logging;

/// <summary>Log events of the program: 2000-2099 requests, 2100-2199 secrets and keys, 2200-2299 the process. Those of the library begin at 1000.</summary>
internal static partial class RequestEvents
{
    [LoggerMessage(2000, LogLevel.Error, "A request failed ({Cause}, {SqlState})")]
    public static partial void RequestFailed(this ILogger logger, string cause, string? sqlState);

    [LoggerMessage(2001, LogLevel.Warning, "A doorbell was refused: {Verdict}")]
    public static partial void DoorbellRefused(this ILogger logger, Doorbells.DoorbellVerdict verdict);

    [LoggerMessage(2100, LogLevel.Error, "The vault {Host} can't be read ({Cause}, {Status}); last good values at hand: {LastGood}")]
    public static partial void VaultUnreachable(this ILogger logger, string host, string cause, int status, bool lastGood);

    [LoggerMessage(2101, LogLevel.Information, "The vault can be read again")]
    public static partial void VaultReachable(this ILogger logger);

    [LoggerMessage(2102, LogLevel.Warning, "The issuer's signing keys can't be read ({Cause})")]
    public static partial void SigningKeysUnreachable(this ILogger logger, string cause);

    [LoggerMessage(2200, LogLevel.Critical, "The drain ended ({Cause}); the program stops")]
    public static partial void DrainEnded(this ILogger logger, string cause);

    [LoggerMessage(2201, LogLevel.Error, "Reconcile failed ({Cause}); the next run tries again")]
    public static partial void ReconcileFailed(this ILogger logger, string cause);

    [LoggerMessage(2202, LogLevel.Error, "Traces and metrics are not sent ({Cause})")]
    public static partial void TelemetryFailed(this ILogger logger, string cause);
}
