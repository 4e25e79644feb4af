namespace Neolia.Database.Tests.TakingOver;

/// <summary>Nobody watches.</summary>
internal sealed class NoProgress : IProgress<string>
{
    public void Report(string value)
    {
    }
}

/// <summary>The program is killed where it reports its progress for the n-th time: between two batches.</summary>
internal sealed class KilledAt(int report) : IProgress<string>
{
    private int _reports;

    public void Report(string value)
    {
        if (++_reports == report)
            throw new OperationCanceledException("killed");
    }
}
