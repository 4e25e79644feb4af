namespace Neolia.Functions.Logging;

/// <summary>Log events of the program: 2000-2099 requests, 2100-2199 the process. Those of the library begin at 1000.</summary>
internal static partial class RequestEvents
{
    [LoggerMessage(2000, LogLevel.Error, "A request failed ({Cause}, {SqlState})")]
    public static partial void RequestFailed(this ILogger logger, string cause, string? sqlState);

    [LoggerMessage(2001, LogLevel.Warning, "A doorbell was refused: {Verdict}")]
    public static partial void DoorbellRefused(this ILogger logger, Doorbells.DoorbellVerdict verdict);

    [LoggerMessage(2100, LogLevel.Critical, "The drain ended ({Cause}); the program stops")]
    public static partial void DrainEnded(this ILogger logger, string cause);
}
