using System.Text;
using MySqlConnector;
using Neolia.LocalStack;
using Neolia.LocalStack.Supervision;
using Npgsql;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>Finds a text wherever a stack could keep it.</summary>
internal static class SecretSearch
{
    // Whole rows as text; columns of bytes print as hex digits.
    private const string TablesOfSupabase = """
        select format('%I.%I', schemaname, tablename) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')
        """;

    private const string ColumnsOfKamailio = """
        select table_name, column_name from information_schema.columns
        where table_schema = database() and data_type in ('char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'varbinary', 'binary', 'blob')
        """;

    /// <summary>Tables with a row that contains the text.</summary>
    public static async Task<IReadOnlyList<string>> FindInSupabaseAsync(this Stack stack, string text)
    {
        await using var connection = new NpgsqlConnection(stack.Project.SuperuserConnectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var tables = new List<string>();
        await using (var list = new NpgsqlCommand(TablesOfSupabase, connection))
        await using (var row = await list.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await row.ReadAsync(TestContext.Current.CancellationToken))
                tables.Add(row.GetString(0));
        }

        var found = new List<string>();
        foreach (var table in tables)
        {
            await using var search = new NpgsqlCommand(
                $"select exists (select from {table} t where strpos(t::text, $1) > 0 or strpos(t::text, $2) > 0)", connection);
            search.Parameters.Add(new NpgsqlParameter { Value = text });
            search.Parameters.Add(new NpgsqlParameter { Value = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)) });
            if (await search.ExecuteScalarAsync(TestContext.Current.CancellationToken) is true)
                found.Add(table);
        }

        return found;
    }

    /// <summary>Columns with a value that contains the text.</summary>
    public static async Task<IReadOnlyList<string>> FindInKamailioAsync(this Stack stack, string text)
    {
        await using var connection = new MySqlConnection(stack.KamailioDatabase.RootConnectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var columns = new List<(string Table, string Column)>();
        await using (var list = new MySqlCommand(ColumnsOfKamailio, connection))
        await using (var row = await list.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await row.ReadAsync(TestContext.Current.CancellationToken))
                columns.Add((row.GetString(0), row.GetString(1)));
        }

        var found = new List<string>();
        foreach (var (table, column) in columns)
        {
            await using var search = new MySqlCommand($"select exists (select 1 from `{table}` where locate(@text, `{column}`) > 0)", connection);
            search.Parameters.AddWithValue("text", text);
            if (Convert.ToBoolean(await search.ExecuteScalarAsync(TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture))
                found.Add($"{table}.{column}");
        }

        return found;
    }

    public static IEnumerable<SupervisedServer> Processes(this Stack stack) =>
        [stack.App!.Process, stack.Postgres.Process, stack.MariaDb.Process, stack.Kamailio.Process, stack.Lite!.Process];
}
