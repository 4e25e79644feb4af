using Microsoft.Extensions.Options;
using MySqlConnector;
using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Functions.Checking;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Subjects;

namespace Neolia.Database.Tests.Checking;

/// <summary>What check_status says of Kamailio's database, each part of it broken for real.</summary>
public sealed class KamailioDatabaseCheckTests(MariaDbFixture mariaDb, KamailioDatabaseFixture kamailio) : IClassFixture<KamailioDatabaseFixture>
{
    private const string App = "'neolia_functions'@'%'";

    [Fact]
    public async Task A_prepared_database_is_good_and_nothing_in_it_changes()
    {
        await using var root = await mariaDb.ConnectAsRootAsync(kamailio.Database.Name);
        await SqlFile.ExecuteAsync(root, "insert into subscriber (username, domain, ha1, ha1b) values ('guest', 'd', md5('1'), md5('2'))");
        var before = await SqlFile.RowsAsync(root, "select * from subscriber");

        var state = await MeasureAsync();

        Assert.Equal((DatabaseVerdict.Good, null, null), (state.Verdict, state.Fault, state.Tls));
        Assert.InRange(state.ClockSkew.Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Null(state.Example);
        Assert.Equal(before, await SqlFile.RowsAsync(root, "select * from subscriber"));
    }

    [Theory]
    [InlineData("rename table neolia_kick to gone", "rename table gone to neolia_kick", "neolia_kick")]
    [InlineData("alter table neolia_unit rename column number to gone", "alter table neolia_unit rename column gone to number", "neolia_unit")]
    [InlineData("alter table subscriber rename column ha1b to gone", "alter table subscriber rename column gone to ha1b", "subscriber")]
    public async Task What_is_missing_is_named(string fault, string mend, string table) =>
        Assert.Equal(new KamailioState(DatabaseVerdict.OtherSchema, table), await MeasureBrokenAsync(fault, mend));

    [Theory]
    [InlineData("insert", "subscriber")]
    [InlineData("delete", "location")]
    [InlineData("update", "neolia_account")]
    [InlineData("select", "neolia_forward_target")]
    public async Task A_missing_right_is_told_from_a_missing_table(string right, string table) => Assert.Equal(
        new KamailioState(DatabaseVerdict.NoRights, table),
        await MeasureBrokenAsync($"revoke {right} on {table} from {App}", $"grant {right} on {table} to {App}"));

    [Fact]
    public async Task Registered_are_names_with_a_contact_that_has_not_expired_in_Kamailios_own_time()
    {
        await using var root = await mariaDb.ConnectAsRootAsync(kamailio.Database.Name);
        await SqlFile.ExecuteAsync(root, """
            insert into location (ruid, username, domain, contact, expires) values
              ('a', 'one', 'd', 'sip:a', utc_timestamp() + interval 14 hour + interval 1 minute),
              ('b', 'one', 'd', 'sip:b', utc_timestamp() + interval 14 hour + interval 1 minute),
              ('c', 'two', 'd', 'sip:c', utc_timestamp() + interval 14 hour - interval 1 minute)
            """);

        Assert.Equal(1, (await MeasureAsync(new KamailioOptions { TimeZone = "Pacific/Kiritimati" })).Registered);

        await SqlFile.ExecuteAsync(root, "delete from location");
    }

    [Fact]
    public async Task An_account_of_the_sync_is_named_for_the_empty_password_and_no_guest()
    {
        await using var root = await mariaDb.ConnectAsRootAsync(kamailio.Database.Name);
        await SqlFile.ExecuteAsync(root, """
            insert into subscriber (username, domain, ha1, ha1b) values ('another', 'd', md5('1'), md5('2')), ('ours', 'd', md5('3'), md5('4')), ('ours', 'elsewhere', md5('5'), md5('6'));
            insert into neolia_identity (domain, username, account_id) values
              ('elsewhere', 'ours', '00000000-0000-4000-8000-000000000000'), ('d', 'ours', '00000000-0000-4000-8000-000000000001')
            """);

        Assert.Equal(new SipName("ours", "d"), (await MeasureAsync(new KamailioOptions { Domains = "d" })).Example);

        await SqlFile.ExecuteAsync(root, "delete from neolia_identity; delete from subscriber");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_out_of_reach() =>
        Assert.Equal(DatabaseVerdict.Unreachable, (await MeasureAsync(change: connection => connection.Port = 1)).Verdict);

    [Fact]
    public async Task A_server_that_answers_too_slowly_is_not_taken_for_one_that_is_away()
    {
        await using var root = await mariaDb.ConnectAsRootAsync(kamailio.Database.Name);
        await SqlFile.ExecuteAsync(root, "lock tables neolia_unit write");

        Assert.Equal(new KamailioState(DatabaseVerdict.Overloaded), await MeasureAsync(change: connection => connection.DefaultCommandTimeout = 1));

        await SqlFile.ExecuteAsync(root, "unlock tables");
    }

    [Fact]
    public async Task A_server_without_room_for_another_connection_is_told_from_one_that_is_away()
    {
        await using var root = await mariaDb.ConnectAsRootAsync(kamailio.Database.Name);
        await SqlFile.ExecuteAsync(root, $"alter user {App} with max_user_connections 1");
        try
        {
            await using var other = await TakeTheOnlyPlaceAsync();
            Assert.Equal(DatabaseVerdict.Overloaded, (await MeasureAsync()).Verdict);
        }
        finally
        {
            await SqlFile.ExecuteAsync(root, $"alter user {App} with max_user_connections 0");
        }
    }

    // The server may still be ending a connection of the test before.
    private async Task<MySqlConnection> TakeTheOnlyPlaceAsync()
    {
        var settings = new MySqlConnectionStringBuilder(kamailio.Database.AppConnectionStringWithoutPassword) { Password = kamailio.Database.AppPassword, Pooling = false };
        for (var left = 200; ; left--)
        {
            var connection = new MySqlConnection(settings.ConnectionString);
            try
            {
                await connection.OpenAsync(TestContext.Current.CancellationToken);
                return connection;
            }
            catch (MySqlException exception) when (exception.ErrorCode == MySqlErrorCode.UserLimitReached && left > 0)
            {
                await connection.DisposeAsync();
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public async Task A_wrong_password_is_told_as_one() => Assert.Equal(DatabaseVerdict.Refused, (await MeasureAsync(password: "wrong")).Verdict);

    private async Task<KamailioState> MeasureBrokenAsync(string fault, string mend)
    {
        await using var root = await mariaDb.ConnectAsRootAsync(kamailio.Database.Name);
        await SqlFile.ExecuteAsync(root, fault);
        try
        {
            return await MeasureAsync();
        }
        finally
        {
            await SqlFile.ExecuteAsync(root, mend);
        }
    }

    private async Task<KamailioState> MeasureAsync(
        KamailioOptions? options = null, Action<MySqlConnectionStringBuilder>? change = null, string? password = null)
    {
        options ??= new KamailioOptions();
        var connection = new MySqlConnectionStringBuilder(kamailio.Database.AppConnectionStringWithoutPassword) { Pooling = false };
        change?.Invoke(connection);
        options.ConnectionString = connection.ConnectionString;
        await using var database = KamailioDatabase.Open(options, new FixedSecrets("", password ?? kamailio.Database.AppPassword));
        return await new KamailioDatabaseCheck(database, Options.Create(options)).MeasureAsync(TestContext.Current.CancellationToken);
    }
}
