using MySqlConnector;
using Neolia.Functions.Kamailio;

namespace Neolia.Functions.TakingOver;

/// <summary>Names in <c>subscriber</c> that stand in the way: doubled ones, and the unique key that keeps them from coming back.</summary>
internal sealed class SubscriberNames(KamailioDatabase kamailio)
{
    public const string AddUniqueKey = "alter table subscriber add unique key account_idx (username, domain)";

    // Kamailio tells neither case nor trailing blanks; lower() and rtrim() leave a column's own collation to decide the rest.
    private const string FindDoubled = """
        select concat(min(username), '@', min(domain)), count(*), group_concat(id order by id separator ', ')
        from subscriber
        group by lower(rtrim(username)), lower(rtrim(domain))
        having count(*) > 1
        order by 1
        """;

    private const string FindRefused = """
        select concat(username, '@', domain)
        from subscriber
        where convert(username using utf8mb4) collate utf8mb4_bin not regexp '^[a-z0-9._-]{1,64}$'
          or convert(domain using utf8mb4) collate utf8mb4_bin not regexp '^[a-z0-9.-]{1,64}$'
        order by 1
        """;

    /// <summary>The server's default is to wait for a day, and meanwhile Kamailio would wait behind it.</summary>
    private const string WaitBriefly = "set session lock_wait_timeout = 10";

    public async Task<List<DoubledName>> FindDoubledAsync(CancellationToken cancellationToken)
    {
        var doubled = new List<DoubledName>();
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(FindDoubled, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            doubled.Add(new DoubledName(row.GetString(0), row.GetInt32(1), row.GetString(2)));
        return doubled;
    }

    /// <summary>Names that kamailio.cfg answers with 403, because they are not written as names of the sync are.</summary>
    public async Task<List<string>> FindRefusedAsync(CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(FindRefused, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            names.Add(row.GetString(0));
        return names;
    }

    public async Task<UniqueKey> AddUniqueKeyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand($"{WaitBriefly};\n{AddUniqueKey}", connection);
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
            return UniqueKey.Added;
        }
        catch (MySqlException exception) when (exception.ErrorCode == MySqlErrorCode.TableAccessDenied)
        {
            return UniqueKey.NeedsAdministrator;
        }
        catch (MySqlException exception) when (exception.ErrorCode is MySqlErrorCode.DuplicateKeyEntry or MySqlErrorCode.LockWaitTimeout)
        {
            return UniqueKey.Busy;
        }
    }
}

/// <param name="Name">As one of them is written.</param>
/// <param name="Ids">Values of <c>subscriber.id</c>, separated by commas.</param>
public sealed record DoubledName(string Name, int Count, string Ids);

public enum UniqueKey
{
    Present,
    Added,

    /// <summary>It is missing, and a dry run adds none.</summary>
    Missing,

    /// <summary>It is missing, and doubled names stand in the way.</summary>
    Doubled,

    /// <summary>This database user may not alter the table.</summary>
    NeedsAdministrator,

    /// <summary>Somebody holds the table, or a doubled name came in at this moment.</summary>
    Busy,
}
