namespace Neolia.EndToEnd.Tests.TakingOver;

/// <summary>The program is killed where it reports its progress for the n-th time: between two batches or steps. 0: never.</summary>
internal sealed class KilledAt(int report) : IProgress<string>
{
    private int _reports;

    public static KilledAt Never => new(0);

    public void Report(string value)
    {
        if (++_reports == report)
            throw new OperationCanceledException("killed");
    }
}
