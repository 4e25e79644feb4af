using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Neolia.Functions.Applying;
using Neolia.Functions.Logging;
using Neolia.Functions.Telemetry;

namespace Neolia.Functions.Registrations;

/// <summary>One run of the timer: registrations from Kamailio to the accounts, then the status of their sites.</summary>
public sealed class RegistrationRunner(RegistrationPass pass, SiteStatus sites, IOptions<RegistrationOptions> options, ILogger<RegistrationRunner> logger)
{
    // Clocks of two hosts differ by seconds, time zones by half an hour at least.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    /// <summary>Throws only when Supabase's database fails. With Kamailio's out of reach no registration changes: nobody knows.</summary>
    public async Task<RegistrationReport> RunAsync(CancellationToken cancellationToken)
    {
        using var span = Spans.StartRun("registrations");
        var started = Stopwatch.GetTimestamp();
        var report = await BringAsync(cancellationToken);
        report = report with { SitesChanged = await sites.FollowAsync(options.Value.Budget - Stopwatch.GetElapsedTime(started), cancellationToken) };
        var elapsed = Stopwatch.GetElapsedTime(started);
        Measures.Registered(report, elapsed);
        if (report.Changed + report.SitesChanged > 0)
            logger.RegistrationsBrought(report.Registered, report.Changed, report.SitesChanged, elapsed);
        return report;
    }

    private async Task<RegistrationReport> BringAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await pass.RunAsync(cancellationToken) is not { } done)
                return new RegistrationReport(RegistrationOutcome.AnotherRun, 0, 0, 0);
            if (done.ClockDifference > ClockTolerance)
                logger.RegistrationsFromTheFuture(done.ClockDifference);
            if (!done.Complete)
                logger.RegistrationsUnfinished(done.Changed);
            return new RegistrationReport(RegistrationOutcome.Brought, done.Registered, done.Changed, 0);
        }
        catch (KamailioOutageException exception)
        {
            logger.RegistrationsUnknown(exception.InnerException!.GetType().Name);
            return new RegistrationReport(RegistrationOutcome.KamailioUnreachable, 0, 0, 0);
        }
    }
}

public enum RegistrationOutcome
{
    Brought,

    /// <summary>Another run, here or on another instance, was at it.</summary>
    AnotherRun,

    KamailioUnreachable,
}

/// <param name="Registered">Accounts with a device that is registered.</param>
/// <param name="Changed">Accounts written.</param>
public sealed record RegistrationReport(RegistrationOutcome Outcome, int Registered, int Changed, int SitesChanged);
