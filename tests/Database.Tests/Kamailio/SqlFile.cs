using MySqlConnector;
using Neolia.LocalStack;

namespace Neolia.Database.Tests.Kamailio;

/// <summary>A file of kamailio/mysql, run the way its header allows: split at a ';' at the end of a line.</summary>
internal sealed class SqlFile(string name)
{
    public static readonly SqlFile Tables = new("tables.sql");
    public static readonly SqlFile Grants = new("grants.sql");
    public static readonly SqlFile Check = new("check.sql");

    public string Path { get; } = System.IO.Path.Combine(Repository.Root, "kamailio", "mysql", name);

    public string Text => File.ReadAllText(Path);

    public Task RunAsync(MySqlConnection connection) => RunAsync(connection, Text);

    /// <summary>Runs the statements one by one.</summary>
    public static async Task RunAsync(MySqlConnection connection, string text)
    {
        foreach (var statement in text.Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            await ExecuteAsync(connection, statement);
    }

    public static async Task ExecuteAsync(MySqlConnection connection, string sql)
    {
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>All rows, their columns joined by '|'.</summary>
    public static async Task<List<string>> RowsAsync(MySqlConnection connection, string sql)
    {
        await using var command = new MySqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        List<string> rows = [];
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "null" : reader.GetValue(i))));
        return rows;
    }
}
