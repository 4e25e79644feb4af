using System.Diagnostics;
using MySqlConnector;
using Neolia.Bench.Towns;
using Neolia.LocalStack.MariaDb;
using Neolia.LocalStack.Supervision;

namespace Neolia.Bench.Drain;

/// <summary>The ways that write one subscriber at a time, with nothing beside it: no names, no fences, no queue.</summary>
internal static class SingleRows
{
    private const string Upsert = """
        insert into subscriber (username, domain, password, ha1, ha1b) values (@username, @domain, '', @ha1, @ha1b)
        on duplicate key update ha1 = values(ha1), ha1b = values(ha1b)
        """;

    /// <summary>As the old edge function would have done it: a connection for each account.</summary>
    public static async Task OldEdgeFunctionAsync(Town town, IEnumerable<TownAccount> accounts, CancellationToken cancellationToken)
    {
        var unpooled = town.Stack.KamailioDatabase.RootConnectionString + ";Pooling=false";
        foreach (var account in accounts)
        {
            await using var connection = new MySqlConnection(unpooled);
            await connection.OpenAsync(cancellationToken);
            await using var command = new MySqlCommand(Upsert, connection);
            Fill(command, account);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>One connection, one prepared statement, a commit for each account.</summary>
    public static async Task PreparedUpsertsAsync(Town town, IEnumerable<TownAccount> accounts, CancellationToken cancellationToken)
    {
        await using var connection = await town.Kamailio.OpenConnectionAsync(cancellationToken);
        await using var command = new MySqlCommand(Upsert, connection);
        Fill(command, new TownAccount("", "", "", "", "", "", ""));
        await command.PrepareAsync(cancellationToken);
        foreach (var account in accounts)
        {
            Fill(command, account);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Kamailio's own tool, <c>kamctl add user@domain password</c>.</summary>
    public static async Task KamctlAsync(Town town, IEnumerable<TownAccount> accounts, CancellationToken cancellationToken)
    {
        var home = Directory.CreateTempSubdirectory("neolia-kamctl-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(home.FullName, ".kamctlrc"), Settings(town.Stack.KamailioDatabase), cancellationToken);
            foreach (var account in accounts)
                await AddAsync(home.FullName, account, cancellationToken);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    private static string Settings(KamailioDatabase database)
    {
        var root = new MySqlConnectionStringBuilder(database.RootConnectionString);
        return $"""
            DBENGINE=MYSQL
            DBHOST=127.0.0.1
            DBPORT={root.Port}
            DBNAME={database.Name}
            DBRWUSER={root.UserID}
            DBRWPW={root.Password}
            DBROUSER={root.UserID}
            DBROPW={root.Password}
            STORE_PLAINTEXT_PW=0

            """;
    }

    private static async Task AddAsync(string home, TownAccount account, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(DebianBinary.Find("kamctl", "kamailio"))
        {
            WorkingDirectory = home,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("add");
        start.ArgumentList.Add($"{account.Username}@{account.Domain}");
        start.ArgumentList.Add(Secrets.NewPassword());
        start.Environment["HOME"] = home;
        using var kamctl = Process.Start(start)!;
        var output = await kamctl.StandardOutput.ReadToEndAsync(cancellationToken) + await kamctl.StandardError.ReadToEndAsync(cancellationToken);
        await kamctl.WaitForExitAsync(cancellationToken);
        if (kamctl.ExitCode != 0)
            throw new InvalidOperationException($"kamctl ended with exit code {kamctl.ExitCode}: {output}");
    }

    private static void Fill(MySqlCommand command, TownAccount account)
    {
        command.Parameters.Clear();
        command.Parameters.AddWithValue("@username", account.Username);
        command.Parameters.AddWithValue("@domain", account.Domain);
        command.Parameters.AddWithValue("@ha1", account.Ha1);
        command.Parameters.AddWithValue("@ha1b", account.Ha1b);
    }
}
