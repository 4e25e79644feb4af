using System.Data.Common;
using System.Globalization;

namespace Neolia.Database.Tests.Draining;

/// <summary>Rows of either database as text, so that the two can be compared. Columns are parted by <c>|</c>.</summary>
public static class Rows
{
    private const string Null = "(null)";

    public static async Task<List<string>> RowsAsync(this DbDataSource database, string sql)
    {
        var rows = new List<string>();
        await using var command = database.CreateCommand(sql);
        await using var row = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await row.ReadAsync(TestContext.Current.CancellationToken))
            rows.Add(string.Join('|', Enumerable.Range(0, row.FieldCount).Select(i => Text(row.GetValue(i)))));
        return rows;
    }

    /// <summary>The only column of the only row.</summary>
    public static async Task<string> ValueAsync(this DbDataSource database, string sql) => Assert.Single(await database.RowsAsync(sql));

    public static async Task<int> ExecuteAsync(this DbDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static string Text(object value) => value switch
    {
        DBNull => Null,
        bool flag => flag ? "1" : "0",
        byte[] bytes => Convert.ToHexStringLower(bytes),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
