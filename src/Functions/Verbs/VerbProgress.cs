namespace Neolia.Functions.Verbs;

/// <summary>
/// Progress of long work, on standard error: standard output is the answer. One line that is written over on a terminal,
/// a line for each step elsewhere.
/// </summary>
internal sealed class VerbProgress : IProgress<string>, IDisposable
{
    private const string ToLineStart = "\r";
    private const string ClearRest = "\e[K";

    private readonly bool _terminal = !Console.IsErrorRedirected;

    public void Report(string value)
    {
        if (_terminal)
            Console.Error.Write($"{ToLineStart}... {value}{ClearRest}");
        else
            Console.Error.WriteLine($"... {value}");
    }

    public void Dispose()
    {
        if (_terminal)
            Console.Error.Write($"{ToLineStart}{ClearRest}");
    }
}
