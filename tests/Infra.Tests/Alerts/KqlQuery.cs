using System.Globalization;
using System.Text.RegularExpressions;

namespace Neolia.Infra.Tests.Alerts;

/// <summary>
/// A log query as far as the alerts use the language, run on lines of the program. Anything else fails: what no test
/// can run, no alert should rely on.
/// </summary>
internal sealed partial class KqlQuery
{
    private readonly List<Regex> _conditions = [];
    private Regex? _value;
    private bool _counts;

    /// <summary>The table that is read.</summary>
    public required string Table { get; init; }

    /// <summary>True: the query answers numbers in a column "Value".</summary>
    public bool IsMeasured => _value is not null || _counts;

    public static KqlQuery Parse(string text)
    {
        var steps = text.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal)).ToList();
        var query = new KqlQuery { Table = steps[0] };
        foreach (var step in steps.Skip(1))
            query.Add(step);
        return query;
    }

    public bool Finds(string line) => _conditions.TrueForAll(condition => condition.IsMatch(line));

    /// <summary>The values, or one per row, that the alert's threshold is compared with.</summary>
    public IReadOnlyList<long> Run(IEnumerable<string> lines)
    {
        var rows = lines.Where(Finds).ToList();
        if (_counts)
            return [rows.Count];
        return _value is null ? [.. rows.Select(_ => 1L)] : [.. rows.Select(row => long.Parse(_value.Match(row).Groups[1].Value, CultureInfo.InvariantCulture))];
    }

    private void Add(string step)
    {
        if (Where().Match(step) is { Success: true } where)
            _conditions.Add(new Regex(where.Groups[1].Value));
        else if (Extract().Match(step) is { Success: true } extract)
            _value = new Regex(extract.Groups[1].Value);
        else if (step == "| summarize Value = count()")
            _counts = true;
        else if (!step.StartsWith("| project ", StringComparison.Ordinal))
            throw new FormatException($"No test can run this step of a query: {step}");
    }

    [GeneratedRegex(@"^\| where message matches regex @'([^']+)'$")]
    private static partial Regex Where();

    [GeneratedRegex(@"^\| extend Value = tolong\(extract\(@'([^']+)', 1, message\)\)$")]
    private static partial Regex Extract();
}
