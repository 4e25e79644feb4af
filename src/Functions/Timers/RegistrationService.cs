using Microsoft.Extensions.Options;
using Neolia.Functions.Activity;
using Neolia.Functions.Hosting;
using Neolia.Functions.Logging;
using Neolia.Functions.Registrations;

namespace Neolia.Functions.Timers;

/// <summary>The timer's stand-in when the program runs by itself, without the Functions host.</summary>
internal sealed class RegistrationService(
    RegistrationRunner registrations, ActivityLog activity, IOptions<RegistrationOptions> options, IConfiguration configuration, ILogger<RegistrationService> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (configuration.RunsUnderFunctionsHost())
            return;
        using var timer = new PeriodicTimer(options.Value.Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await registrations.RunAsync(stoppingToken);
                await activity.PublishAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Supabase's database is out of reach, or something nobody thought of: the next tick tries again.
                logger.RequestFailed(exception.GetType().Name, (exception as Npgsql.PostgresException)?.SqlState);
            }
        }
    }
}
