using System.Diagnostics;
using MySqlConnector;
using Neolia.LocalStack.Supervision;

namespace Neolia.Database.Tests.Kamailio;

public sealed class TablesTests(MariaDbFixture mariaDb)
{
    private const string Stock = "'subscriber', 'location', 'location_attrs', 'version'";

    private const string ColumnsOfStock = $"""
        select table_name, column_name, column_type, column_default, is_nullable, collation_name, extra
        from information_schema.columns
        where table_schema = database() and table_name in ({Stock})
        order by table_name, ordinal_position
        """;

    private const string CollationsOfNames = """
        select distinct collation_name
        from information_schema.columns
        where table_schema = database() and column_name in ('username', 'domain')
          and table_name in ('neolia_identity', 'neolia_kick')
        """;

    [Fact]
    public async Task A_second_run_keeps_what_is_there()
    {
        var database = await mariaDb.CreateKamailioAsync();
        await using var connection = await mariaDb.ConnectAsRootAsync(database.Name);
        await SqlFile.ExecuteAsync(connection, "insert into neolia_identity (domain, username, version) values ('d', 'u', 7)");

        await SqlFile.Tables.RunAsync(connection);

        Assert.Equal(["d|u|null|7"], await SqlFile.RowsAsync(connection, "select domain, username, account_id, version from neolia_identity"));
    }

    [Fact]
    public async Task Stock_tables_stay_stock()
    {
        var database = await mariaDb.CreateKamailioAsync();
        await using var connection = await mariaDb.ConnectAsRootAsync(database.Name);
        await SqlFile.ExecuteAsync(connection, "drop table neolia_account, neolia_identity, neolia_kick, neolia_unit, neolia_call_rule, neolia_forward_target, neolia_progress");
        var before = await SqlFile.RowsAsync(connection, ColumnsOfStock);

        await SqlFile.Tables.RunAsync(connection);
        await SqlFile.Grants.RunAsync(connection);
        await SqlFile.RowsAsync(connection, SqlFile.Check.Text);

        Assert.Equal(before, await SqlFile.RowsAsync(connection, ColumnsOfStock));
    }

    [Theory]
    [InlineData("latin1", "latin1_swedish_ci")]
    [InlineData("utf8mb4", "utf8mb4_general_ci")]
    public async Task Names_compare_as_in_the_stock_table(string characterSet, string collation)
    {
        var database = await mariaDb.CreateKamailioAsync(characterSet);
        await using var connection = await mariaDb.ConnectAsRootAsync(database.Name);

        Assert.Equal([collation], await SqlFile.RowsAsync(connection, CollationsOfNames));
    }

    [Fact]
    public async Task Names_compare_as_in_a_table_made_by_hand_whatever_the_database_defaults_to()
    {
        await using var connection = await mariaDb.ConnectAsRootAsync(await mariaDb.CreateEmptyAsync());
        await SqlFile.ExecuteAsync(connection, "create table subscriber (username varchar(64) character set utf8mb4 collate utf8mb4_bin, domain varchar(64))");

        await SqlFile.Tables.RunAsync(connection);

        Assert.Equal(["utf8mb4_bin"], await SqlFile.RowsAsync(connection, CollationsOfNames));
    }

    [Fact]
    public async Task Without_Kamailios_tables_nothing_is_made()
    {
        await using var connection = await mariaDb.ConnectAsRootAsync(await mariaDb.CreateEmptyAsync());

        var refused = await Assert.ThrowsAsync<MySqlException>(() => SqlFile.Tables.RunAsync(connection));

        Assert.Equal(MySqlErrorCode.NoSuchTable, refused.ErrorCode);
        Assert.Contains("subscriber", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await SqlFile.RowsAsync(connection, "show tables"));
    }

    [Fact]
    public async Task All_three_files_run_through_the_command_line_client()
    {
        var database = await mariaDb.CreateKamailioAsync();

        foreach (var file in (SqlFile[])[SqlFile.Tables, SqlFile.Grants, SqlFile.Check])
            Assert.Equal((0, ""), await RunClientAsync(database.Name, file));
    }

    private async Task<(int ExitCode, string Output)> RunClientAsync(string database, SqlFile file)
    {
        var root = new MySqlConnectionStringBuilder(mariaDb.Server.RootConnectionString(database));
        var start = new ProcessStartInfo(DebianBinary.Find("mariadb", "mariadb-client-core"))
        {
            ArgumentList = { "--no-defaults", "--protocol=tcp", "--host=127.0.0.1", $"--port={root.Port}", "--user=root", database },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["MYSQL_PWD"] = root.Password },
        };
        using var client = Process.Start(start)!;
        var output = client.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = client.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await client.StandardInput.WriteAsync(file.Text.AsMemory(), TestContext.Current.CancellationToken);
        client.StandardInput.Close();
        await client.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (client.ExitCode, await output + await errors);
    }
}
