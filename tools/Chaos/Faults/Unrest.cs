namespace Neolia.Chaos.Faults;

/// <summary>Strikes one fault after the other, drawn from the seed, until it is told to stop.</summary>
internal sealed class Unrest(IReadOnlyList<IFault> faults, TimeSpan pause, FaultLog log, Random random)
{
    public async Task RunAsync(CancellationToken ended)
    {
        while (faults.Count > 0 && !ended.IsCancellationRequested)
        {
            await Task.Delay(pause * (0.5 + random.NextDouble()), ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested)
                return;
            var fault = faults[random.Next(faults.Count)];
            await fault.StrikeAsync(log, ended);
            log.Count(fault.Name);
        }
    }
}
