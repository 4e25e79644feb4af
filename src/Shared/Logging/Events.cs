using Microsoft.Extensions.Logging;
using Neolia.Functions.Applying;
using Neolia.Functions.Reconciling;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Logging;

/// <summary>
/// Every log event of the library, so that ids stay unique. 1000-1099 draining, 1100-1199 registrations, 1200-1299
/// reconciling, 1300-1399 enrolling. Parameters are ids, counts, names and
/// codes: never a digest, a password, a connection string or a database's own message, which can quote values.
/// </summary>
internal static partial class Events
{
    [LoggerMessage(1000, LogLevel.Warning, "Kamailio's database can't be used ({Cause}); {Count} subjects wait")]
    public static partial void KamailioOutage(this ILogger logger, string cause, int count);

    [LoggerMessage(1001, LogLevel.Warning, "{Superseded} subjects were behind Kamailio's fence; {Renewed} got a fresh version")]
    public static partial void VersionsRenewed(this ILogger logger, int superseded, int renewed);

    [LoggerMessage(1002, LogLevel.Warning, "{Subject} was not synced: {Outcome}, {Code}")]
    public static partial void SubjectNotSynced(this ILogger logger, Subject subject, Outcome outcome, string code);

    [LoggerMessage(1003, LogLevel.Error, "Supabase's database failed in a drain ({Cause}, {SqlState}); next attempt in {Delay}")]
    public static partial void SupabaseFailed(this ILogger logger, string cause, string? sqlState, TimeSpan delay);

    [LoggerMessage(1004, LogLevel.Information, "Applied {Count} subjects in {Elapsed}")]
    public static partial void Drained(this ILogger logger, int count, TimeSpan elapsed);

    // infra/queries read the numbers.
    [LoggerMessage(1005, LogLevel.Information, "{Waiting} changes wait, the oldest for {OldestSeconds} s; {Failed} failed")]
    public static partial void QueueMeasured(this ILogger logger, long waiting, long oldestSeconds, long failed);

    [LoggerMessage(1006, LogLevel.Error, "The queue can't be read ({Cause}, {SqlState})")]
    public static partial void QueueUnreadable(this ILogger logger, string cause, string? sqlState);

    [LoggerMessage(1100, LogLevel.Warning, "Kamailio's database can't be used ({Cause}); registrations stay as they are")]
    public static partial void RegistrationsUnknown(this ILogger logger, string cause);

    [LoggerMessage(1101, LogLevel.Error, "Kamailio's registrations are {Ahead} ahead: Kamailio__TimeZone is not its time zone, or its clock is wrong")]
    public static partial void RegistrationsFromTheFuture(this ILogger logger, TimeSpan ahead);

    [LoggerMessage(1102, LogLevel.Information, "{Registered} accounts are registered; {Changed} changed, and {Sites} sites with them, in {Elapsed}")]
    public static partial void RegistrationsBrought(this ILogger logger, int registered, int changed, int sites, TimeSpan elapsed);

    [LoggerMessage(1103, LogLevel.Information, "More registrations changed than a run has time for; {Changed} were brought, the next run goes on")]
    public static partial void RegistrationsUnfinished(this ILogger logger, int changed);

    [LoggerMessage(1200, LogLevel.Information, "Reconciled: {Differences} differences marked, {Contacts} contacts swept, in {Elapsed}")]
    public static partial void Reconciled(this ILogger logger, int differences, int contacts, TimeSpan elapsed);

    [LoggerMessage(1201, LogLevel.Error, "Reconcile changed nothing, because it would remove {Accounts} accounts and {Units} units from Kamailio: is the right database behind each connection string? Reconcile with --force if it is")]
    public static partial void ReconcileRefused(this ILogger logger, int accounts, int units);

    [LoggerMessage(1202, LogLevel.Warning, "The database of {Restored} went back in time; Kamailio has seen version {Version}")]
    public static partial void DatabaseRestored(this ILogger logger, Restored restored, long version);

    [LoggerMessage(1203, LogLevel.Warning, "{Count} differences are missing in the log of activities ({Cause}, {SqlState})")]
    public static partial void DriftNotNoted(this ILogger logger, int count, string cause, string? sqlState);

    [LoggerMessage(1300, LogLevel.Warning, "{Count} refused QR codes are missing in the log of activities ({Cause}, {SqlState})")]
    public static partial void RefusalsNotNoted(this ILogger logger, int count, string cause, string? sqlState);
}
