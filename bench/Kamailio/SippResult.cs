using System.Globalization;

namespace Neolia.Bench.Kamailio;

/// <summary>What sipp counted.</summary>
/// <param name="Calls">Calls that went as the scenario has it.</param>
/// <param name="Elapsed">From the first message to the last.</param>
/// <param name="DecisionMs">Mean time from a request with credentials to its final answer. sipp stamps whole milliseconds, so that only the mean says something about less.</param>
internal sealed record SippResult(int Calls, TimeSpan Elapsed, double DecisionMs)
{
    public double PerSecond => Calls / Elapsed.TotalSeconds;

    public static SippResult Read(string folder)
    {
        var rows = File.ReadAllLines(Path.Combine(folder, "stat.csv"));
        var (names, last) = (rows[0].Split(';'), rows[^1].Split(';'));
        string Value(string name) => last[Array.IndexOf(names, name)];
        if (Value("FailedCall(C)") != "0")
            throw new InvalidOperationException($"{Value("FailedCall(C)")} calls failed.");
        return new SippResult(
            int.Parse(Value("SuccessfulCall(C)"), CultureInfo.InvariantCulture),
            TimeSpan.FromSeconds(SecondsOf(Value("CurrentTime")) - SecondsOf(Value("StartTime"))),
            Directory.GetFiles(folder, "*_rtt.csv").SelectMany(ReadRoundTrips).Average());
    }

    // Date, time and seconds since 1970, with tabs between them.
    private static double SecondsOf(string clock) => double.Parse(clock.Split('\t')[^1], CultureInfo.InvariantCulture);

    private static IEnumerable<double> ReadRoundTrips(string path) =>
        File.ReadLines(path).Skip(1).Select(line => double.Parse(line.Split(';')[1], CultureInfo.InvariantCulture));
}
