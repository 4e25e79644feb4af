namespace Neolia.Functions.Reconciling;

/// <summary>For runs that nobody watches.</summary>
public sealed class NoProgress : IProgress<string>
{
    public static readonly NoProgress Instance = new();

    private NoProgress()
    {
    }

    public void Report(string value)
    {
        // Its report says it at the end.
    }
}
