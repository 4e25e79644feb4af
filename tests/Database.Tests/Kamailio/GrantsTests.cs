using MySqlConnector;
using Neolia.LocalStack.MariaDb;

namespace Neolia.Database.Tests.Kamailio;

public sealed class GrantsTests(MariaDbFixture mariaDb, KamailioDatabaseFixture kamailio) : IClassFixture<KamailioDatabaseFixture>
{
    // ER_ACCOUNT_HAS_BEEN_LOCKED of MariaDB and of MySQL.
    private const int AccountIsLocked = 4151;
    private const int AccountHasBeenLocked = 3118;

    private static readonly string[] ExpectedRights =
    [
        "location|DELETE,SELECT",
        "neolia_account|INSERT,SELECT,UPDATE",
        "neolia_call_rule|DELETE,INSERT,SELECT,UPDATE",
        "neolia_forward_target|SELECT",
        "neolia_identity|INSERT,SELECT,UPDATE",
        "neolia_kick|DELETE,INSERT,SELECT,UPDATE",
        "neolia_progress|INSERT,SELECT,UPDATE",
        "neolia_unit|INSERT,SELECT,UPDATE",
        "subscriber|DELETE,INSERT,SELECT,UPDATE",
    ];

    [Fact]
    public async Task The_app_has_exactly_its_rights()
    {
        var database = kamailio.Database;
        await using var connection = await mariaDb.ConnectAsRootAsync(database.Name);

        Assert.Equal(ExpectedRights, await RightsAsync(connection, KamailioDatabase.App, database.Name));
        Assert.Equal(
            ["USAGE"],
            await SqlFile.RowsAsync(connection, $"select privilege_type from information_schema.user_privileges where grantee like '''{KamailioDatabase.App}''%'"));
        Assert.Empty(await SqlFile.RowsAsync(connection, $"select * from information_schema.schema_privileges where grantee like '''{KamailioDatabase.App}''%'"));
    }

    [Theory]
    [InlineData("insert into location (ruid) values ('x')")]
    [InlineData("update location set expires = now()")]
    [InlineData("delete from neolia_account")]
    [InlineData("delete from neolia_identity")]
    [InlineData("delete from neolia_unit")]
    [InlineData("insert into neolia_forward_target (uri) values ('sip:everywhere.example')")]
    [InlineData("truncate table subscriber")]
    [InlineData("alter table subscriber add column x int")]
    [InlineData("create table x (x int)")]
    [InlineData("select * from version")]
    [InlineData("select * from mysql.user")]
    public async Task The_app_is_refused(string statement)
    {
        var database = kamailio.Database;
        await using var app = new MySqlConnection(database.AppConnectionString);
        await app.OpenAsync(TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<MySqlException>(() => SqlFile.ExecuteAsync(app, statement));

        Assert.Contains(refused.ErrorCode, (MySqlErrorCode[])[MySqlErrorCode.TableAccessDenied, MySqlErrorCode.DatabaseAccessDenied]);
    }

    [Fact]
    public async Task The_app_can_do_its_work()
    {
        var database = kamailio.Database;
        await using var app = new MySqlConnection(database.AppConnectionString);
        await app.OpenAsync(TestContext.Current.CancellationToken);

        foreach (var statement in (string[])
            [
                "insert into subscriber (username, domain, ha1, ha1b) values ('u', 'd', md5('1'), md5('2'))",
                "update subscriber set ha1 = md5('3')",
                "insert into neolia_account (account_id) values (uuid())",
                "update neolia_account set version = 2 where version = 0",
                "insert into neolia_identity (domain, username) values ('d', 'u')",
                "update neolia_identity set version = 2",
                "insert into neolia_unit (unit_id) values (uuid())",
                "insert into neolia_call_rule (unit_id, rule_id, source_like, action) values (uuid(), uuid(), '%', 'ring')",
                "delete from neolia_call_rule",
                "insert into neolia_kick (account_id, domain, username) values ('a', 'd', 'u')",
                "delete location from location join neolia_kick using (domain, username)",
                "delete from neolia_kick",
                "delete subscriber from subscriber join neolia_identity using (domain, username)",
            ])
            await SqlFile.ExecuteAsync(app, statement);
    }

    [Fact]
    public async Task The_app_is_locked_out_until_the_operator_opens_it_and_a_second_run_changes_nothing()
    {
        // The same file with another user's name: the real one is in use by other tests on this server.
        const string user = "neolia_unopened";
        var grants = SqlFile.Grants.Text.Replace(KamailioDatabase.App, user, StringComparison.Ordinal);
        var database = kamailio.Database;
        await using var connection = await mariaDb.ConnectAsRootAsync(database.Name);
        var password = database.AppPassword;
        await SqlFile.RunAsync(connection, grants);

        var unknownPassword = await Assert.ThrowsAsync<MySqlException>(() => OpenAsync(database, user, ""));
        await SqlFile.ExecuteAsync(connection, $"alter user '{user}'@'%' identified by '{password}'");
        var locked = await Assert.ThrowsAsync<MySqlException>(() => OpenAsync(database, user, password));
        await SqlFile.ExecuteAsync(connection, $"alter user '{user}'@'%' account unlock");
        await SqlFile.RunAsync(connection, grants);

        await OpenAsync(database, user, password);
        Assert.Equal(MySqlErrorCode.AccessDenied, unknownPassword.ErrorCode);
        Assert.Contains((int)locked.ErrorCode, (int[])[AccountIsLocked, AccountHasBeenLocked]);
    }

    [Fact]
    public async Task Kamailios_user_reads_our_tables_and_writes_none()
    {
        const string user = "kamailio_elsewhere";
        var database = kamailio.Database;
        await using var connection = await mariaDb.ConnectAsRootAsync(database.Name);
        await SqlFile.ExecuteAsync(connection, $"create user '{user}'@'localhost'");
        await SqlFile.ExecuteAsync(connection, $"create user '{user}'@'10.0.0.%'");
        await SqlFile.ExecuteAsync(connection, $"set @neolia_kamailio_user = '{user}'");

        await SqlFile.Grants.RunAsync(connection);

        Assert.Equal(
            ["neolia_account|SELECT,SELECT", "neolia_call_rule|SELECT,SELECT", "neolia_forward_target|SELECT,SELECT", "neolia_identity|SELECT,SELECT", "neolia_kick|SELECT,SELECT", "neolia_unit|SELECT,SELECT"],
            await RightsAsync(connection, user, database.Name));
    }

    [Fact]
    public async Task An_upgrade_reaches_the_app_on_every_host_it_was_moved_to()
    {
        const string user = "neolia_moved";
        var grants = SqlFile.Grants.Text.Replace(KamailioDatabase.App, user, StringComparison.Ordinal);
        var database = kamailio.Database;
        await using var connection = await mariaDb.ConnectAsRootAsync(database.Name);
        await SqlFile.RunAsync(connection, grants);
        await SqlFile.ExecuteAsync(connection, $"rename user '{user}'@'%' to '{user}'@'203.0.113.7'");
        await SqlFile.ExecuteAsync(connection, $"create user '{user}'@'localhost'");
        await SqlFile.ExecuteAsync(connection, $"revoke select on {database.Name}.neolia_forward_target from '{user}'@'203.0.113.7'");

        await SqlFile.RunAsync(connection, grants);

        Assert.Equal(["203.0.113.7", "localhost"], await SqlFile.RowsAsync(connection, $"select host from mysql.user where user = '{user}' order by host"));
        Assert.Contains("neolia_forward_target|SELECT,SELECT", await RightsAsync(connection, user, database.Name));
    }

    [Fact]
    public async Task A_user_of_this_machine_does_not_stand_in_for_the_apps()
    {
        const string user = "neolia_verbs";
        await using var connection = await mariaDb.ConnectAsRootAsync(kamailio.Database.Name);
        await SqlFile.ExecuteAsync(connection, $"create user '{user}'@'localhost'");

        await SqlFile.RunAsync(connection, SqlFile.Grants.Text.Replace(KamailioDatabase.App, user, StringComparison.Ordinal));

        Assert.Equal(["%", "localhost"], await SqlFile.RowsAsync(connection, $"select host from mysql.user where user = '{user}' order by host"));
    }

    private static Task<List<string>> RightsAsync(MySqlConnection connection, string user, string database) =>
        SqlFile.RowsAsync(connection, $"""
            select table_name, group_concat(privilege_type order by privilege_type)
            from information_schema.table_privileges
            where grantee like '''{user}''%' and table_schema = '{database}'
            group by table_name
            order by table_name
            """);

    private static async Task OpenAsync(KamailioDatabase database, string user, string password)
    {
        await using var connection = new MySqlConnection(database.Server.ConnectionString(database.Name, user, password) + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
    }
}
