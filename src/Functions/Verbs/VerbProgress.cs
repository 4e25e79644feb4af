namespace Neolia.Functions.Verbs;

/// <summary>Progress of long work, on standard error: standard output is the answer.</summary>
internal sealed class VerbProgress : IProgress<string>
{
    public void Report(string value) => Console.Error.WriteLine($"... {value}");
}
