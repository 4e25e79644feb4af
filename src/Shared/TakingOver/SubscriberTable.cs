using MySqlConnector;
using Neolia.Functions.Kamailio;

namespace Neolia.Functions.TakingOver;

/// <summary>
/// How this <c>subscriber</c> table was made, and conditions over a row <c>s</c> of it that hold on both servers
/// whatever its character set: digests are MD5 over UTF-8, and compared byte by byte.
/// </summary>
internal sealed record SubscriberTable(bool HasPassword, bool HasUniqueKey)
{
    // The same look for the key as kamailio/mysql/check.sql takes.
    private const string ReadTable = """
        select exists (
            select 1 from information_schema.columns
            where table_schema = database() and table_name = 'subscriber' and column_name = 'password'),
          exists (
            select index_name from information_schema.statistics
            where table_schema = database() and table_name = 'subscriber'
            group by index_name
            having max(non_unique) = 0 and count(*) = 2 and count(sub_part) = 0
              and sum(column_name in ('username', 'domain')) = 2)
        """;

    public const string WithOwner = "subscriber s left join neolia_identity i on i.domain = s.domain and i.username = s.username";

    public const string Ha1OfPlaintext = "convert(md5(concat(convert(s.username using utf8mb4), ':', convert(s.domain using utf8mb4), ':', convert(s.password using utf8mb4))) using utf8mb4)";

    public const string Ha1bOfPlaintext = "convert(md5(concat(convert(s.username using utf8mb4), '@', convert(s.domain using utf8mb4), ':', convert(s.domain using utf8mb4), ':', convert(s.password using utf8mb4))) using utf8mb4)";

    /// <summary>An open door: empty, null, or anything but 32 hex digits.</summary>
    public const string MalformedHa1 = "(s.ha1 is null or octet_length(s.ha1) <> 32 or convert(s.ha1 using utf8mb4) collate utf8mb4_bin not regexp '^[0-9a-fA-F]{32}$')";

    /// <inheritdoc cref="MalformedHa1"/>
    public const string MalformedHa1b = "(s.ha1b is null or octet_length(s.ha1b) <> 32 or convert(s.ha1b using utf8mb4) collate utf8mb4_bin not regexp '^[0-9a-fA-F]{32}$')";

    public const string Ha1IsOfPlaintext = $"(convert(s.ha1 using utf8mb4) collate utf8mb4_bin <=> {Ha1OfPlaintext} collate utf8mb4_bin)";

    public const string Ha1bIsOfPlaintext = $"(convert(s.ha1b using utf8mb4) collate utf8mb4_bin <=> {Ha1bOfPlaintext} collate utf8mb4_bin)";

    /// <summary>A password of nothing but blanks is one: <c>password &lt;&gt; ''</c> would not see it.</summary>
    public string HasPlaintext => HasPassword ? "(coalesce(octet_length(s.password), 0) > 0)" : "false";

    public static async Task<SubscriberTable> ReadAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(ReadTable, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new SubscriberTable(row.GetBoolean(0), row.GetBoolean(1));
    }
}
