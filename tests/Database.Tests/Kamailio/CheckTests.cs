using Neolia.LocalStack.Supervision;

namespace Neolia.Database.Tests.Kamailio;

/// <summary>check.sql: one row (problem, place, what_to_do) per finding.</summary>
public sealed class CheckTests(MariaDbFixture mariaDb)
{
    // An expression: 32 hex digits.
    private const string Digest = "md5(1)";

    // As found on servers that were set up by following a blog.
    private const string HandMade = """
        create table subscriber (
          id int not null auto_increment primary key,
          username varchar(32) not null,
          domain varchar(64) not null,
          password varchar(25) not null,
          ha1 varchar(64) not null,
          realname varchar(64) not null) engine = MyISAM
        """;

    [Theory]
    [InlineData("latin1")]
    [InlineData("utf8mb4")]
    public async Task A_stock_database_with_whole_digests_has_no_finding(string characterSet)
    {
        var database = await mariaDb.CreateKamailioAsync(characterSet);
        await using var connection = await mariaDb.ConnectAsRootAsync(database.Name);
        await SqlFile.ExecuteAsync(connection, $"insert into subscriber (username, domain, ha1, ha1b) values ('a', 'd', {Digest}, {Digest})");

        Assert.Empty(await SqlFile.RowsAsync(connection, SqlFile.Check.Text));
    }

    [Theory]
    [InlineData("alter table subscriber drop key account_idx", "no unique key on (username, domain)|subscriber|")]
    [InlineData("alter table subscriber add unique key only_name (username)", "unique key only_name on one column")]
    [InlineData("alter table subscriber modify ha1 varchar(16)", "column holds 16 characters, 32 are needed|subscriber.ha1|")]
    [InlineData("alter table subscriber modify username varchar(32)", "column holds 32 characters, 64 are needed|subscriber.username|")]
    [InlineData("alter table subscriber drop column ha1b", "column is missing|subscriber.ha1b|")]
    [InlineData("alter table subscriber modify password varchar(64) not null", "column must be given a value, and the sync gives none|subscriber.password|")]
    [InlineData("alter table subscriber engine = MyISAM", "table is MyISAM")]
    [InlineData("alter table location drop column ruid", "column that usrloc reads or writes is missing|location.ruid|")]
    [InlineData("drop table location", "table is missing|location|")]
    [InlineData("drop table neolia_kick", "table is missing|neolia_kick|Run tables.sql")]
    [InlineData("alter table location modify username varchar(64) collate latin1_bin not null", "collation latin1_bin differs from latin1_swedish_ci of subscriber.username|location.username|")]
    public async Task A_table_that_was_changed_is_named(string change, string finding)
    {
        var database = await mariaDb.CreateKamailioAsync();
        await using var connection = await mariaDb.ConnectAsRootAsync(database.Name);
        await SqlFile.ExecuteAsync(connection, change);

        var found = Assert.Single(await SqlFile.RowsAsync(connection, SqlFile.Check.Text));

        Assert.StartsWith(finding, found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'', " + Digest, "1 subscribers have an empty or malformed ha1: an open door|subscriber.ha1, for example victim@d|")]
    [InlineData(Digest + ", ''", "1 subscribers have an empty or malformed ha1b: an open door|subscriber.ha1b, for example victim@d|")]
    [InlineData("concat(" + Digest + ", 'x'), " + Digest, "1 subscribers have an empty or malformed ha1")]
    [InlineData(Digest + ", 'not a digest'", "1 subscribers have an empty or malformed ha1b")]
    public async Task An_unusable_digest_is_counted_and_repaired_by_the_advice(string digests, string finding)
    {
        var database = await mariaDb.CreateKamailioAsync();
        await using var connection = await mariaDb.ConnectAsRootAsync(database.Name);
        await SqlFile.ExecuteAsync(connection, $"insert into subscriber (username, domain, ha1, ha1b) values ('victim', 'd', {digests})");

        var found = Assert.Single(await SqlFile.RowsAsync(connection, SqlFile.Check.Text));
        Assert.StartsWith(finding, found, StringComparison.Ordinal);

        await SqlFile.ExecuteAsync(connection, found[found.IndexOf("update subscriber", StringComparison.Ordinal)..]);
        Assert.Empty(await SqlFile.RowsAsync(connection, SqlFile.Check.Text));
    }

    [Fact]
    public async Task The_advice_makes_the_digests_that_the_old_password_needs()
    {
        var database = await mariaDb.CreateKamailioAsync();
        await using var connection = await mariaDb.ConnectAsRootAsync(database.Name);
        await SqlFile.ExecuteAsync(connection, "insert into subscriber (username, domain, password) values ('u', 'd', 'old')");

        foreach (var found in await SqlFile.RowsAsync(connection, SqlFile.Check.Text))
            await SqlFile.ExecuteAsync(connection, found[found.IndexOf("update subscriber", StringComparison.Ordinal)..]);

        Assert.Equal(["1|1|"], await SqlFile.RowsAsync(connection, "select ha1 = md5('u:d:old'), ha1b = md5('u@d:d:old'), password from subscriber"));
        Assert.Empty(await SqlFile.RowsAsync(connection, SqlFile.Check.Text));
    }

    [Fact]
    public async Task Plaintext_passwords_are_counted_and_not_shown()
    {
        var plaintext = Secrets.NewPassword();
        var database = await mariaDb.CreateKamailioAsync();
        await using var connection = await mariaDb.ConnectAsRootAsync(database.Name);
        await SqlFile.ExecuteAsync(connection, $"""
            insert into subscriber (username, domain, password, ha1, ha1b)
            values ('a', 'd', '{plaintext}', {Digest}, {Digest}), ('b', 'd', '{plaintext}', {Digest}, {Digest})
            """);

        var found = Assert.Single(await SqlFile.RowsAsync(connection, SqlFile.Check.Text));

        Assert.StartsWith("2 plaintext passwords are stored|subscriber.password|", found, StringComparison.Ordinal);
        Assert.DoesNotContain(plaintext, found, StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9a-f]{32}", found);
    }

    [Fact]
    public async Task Names_that_differ_only_in_case_are_named()
    {
        var database = await mariaDb.CreateKamailioAsync();
        await using var connection = await mariaDb.ConnectAsRootAsync(database.Name);
        await SqlFile.ExecuteAsync(connection, "alter table subscriber modify username varchar(64) collate latin1_bin not null");
        await SqlFile.ExecuteAsync(connection, $"""
            insert into subscriber (username, domain, ha1, ha1b)
            values ('Unit401', 'd', {Digest}, {Digest}), ('unit401', 'd', {Digest}, {Digest}), ('unit402', 'd', {Digest}, {Digest})
            """);

        var found = (await SqlFile.RowsAsync(connection, SqlFile.Check.Text)).Where(row => !row.StartsWith("collation", StringComparison.Ordinal));

        Assert.StartsWith("2 subscribers are one and the same to Kamailio", Assert.Single(found), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_wrong_with_a_table_made_by_hand_is_said_at_once()
    {
        await using var connection = await mariaDb.ConnectAsRootAsync(await mariaDb.CreateEmptyAsync());
        await SqlFile.ExecuteAsync(connection, HandMade);
        await SqlFile.ExecuteAsync(connection, "insert into subscriber (username, domain, password, ha1, realname) values ('a', 'd', 'p', '', 'r')");
        await SqlFile.Tables.RunAsync(connection);

        var problems = (await SqlFile.RowsAsync(connection, SqlFile.Check.Text)).Select(row => string.Join('|', row.Split('|')[..2]));

        Assert.Equal(
            [
                "no unique key on (username, domain)|subscriber",
                "column is missing|subscriber.ha1b",
                "column holds 32 characters, 64 are needed|subscriber.username",
                "column must be given a value, and the sync gives none|subscriber.password",
                "column must be given a value, and the sync gives none|subscriber.realname",
                "1 subscribers have an empty or malformed ha1: an open door|subscriber.ha1, for example a@d",
                "1 plaintext passwords are stored|subscriber.password",
                "table is MyISAM: a change can not be undone as a whole|subscriber",
                "table is missing|location",
            ],
            problems);
    }
}
