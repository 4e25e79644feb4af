namespace Neolia.Bench.Reporting;

/// <summary>A table for a terminal: the first column left, the others right aligned.</summary>
public sealed class Table(params IReadOnlyList<string> headings)
{
    private readonly List<IReadOnlyList<string>> _rows = [headings];

    public void Add(params IReadOnlyList<string> cells) => _rows.Add(cells);

    public override string ToString()
    {
        var widths = headings.Select((_, column) => _rows.Max(row => row[column].Length)).ToArray();
        return string.Join('\n', _rows.Select(row => string.Join("  ", row.Select((cell, column) =>
            column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))));
    }
}
