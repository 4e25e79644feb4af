namespace Neolia.Functions.Enrolling;

/// <summary>Brings refusals to the log of activities in the background.</summary>
internal sealed class RefusalService(RefusalNotes refusals) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => refusals.RunAsync(stoppingToken);
}
