using Microsoft.Extensions.Options;
using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Functions.Checking;
using Neolia.Functions.Kamailio;

namespace Neolia.Database.Tests.Checking;

/// <summary>A wrong time zone is seen in the table of a Kamailio that runs in UTC or elsewhere.</summary>
public sealed class RegistrationTimesCheckTests(MariaDbFixture mariaDb, KamailioDatabaseFixture kamailio) : IClassFixture<KamailioDatabaseFixture>, IAsyncLifetime
{
    // Neither has summer time.
    private const string East = "Africa/Lagos";
    private const string FarEast = "Asia/Tokyo";
    private const string West = "America/Bogota";

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await ExecuteAsync("delete from location");

    [Theory]
    [InlineData("UTC")]
    [InlineData(East)]
    [InlineData(West)]
    public async Task Nobody_registered_is_no_fault(string zone) => Assert.Empty(await MeasureAsync(zone));

    [Theory]
    [InlineData("UTC", 0)]
    [InlineData(East, 1)]
    [InlineData(West, -5)]
    public async Task In_the_right_zone_the_times_are_plausible(string zone, int offset)
    {
        await RegisteredAsync(offset, minutesAgo: 59, lifetime: 60);
        await RegisteredAsync(offset, minutesAgo: 12, lifetime: 10);

        Assert.Empty(await MeasureAsync(zone));
    }

    [Theory]
    [InlineData("UTC", 1)]
    [InlineData(West, 0)]
    [InlineData(East, 9)]
    public async Task West_of_Kamailios_zone_registrations_come_from_the_future(string zone, int offset)
    {
        await RegisteredAsync(offset, minutesAgo: 1, lifetime: 60);

        Assert.Equal(("registrations_ahead", Severity.Broken), await FindAsync(zone));
    }

    [Theory]
    [InlineData(East, 0)]
    [InlineData(FarEast, 1)]
    [InlineData("UTC", -5)]
    public async Task East_of_Kamailios_zone_all_look_expired_even_the_latest_with_the_longest_lifetime(string zone, int offset)
    {
        await RegisteredAsync(offset, minutesAgo: 0, lifetime: 60);
        await RegisteredAsync(offset, minutesAgo: 20, lifetime: 60);

        Assert.Equal(("registrations_expired", Severity.Broken), await FindAsync(zone));
    }

    [Fact]
    public async Task A_contact_that_Kamailio_has_not_deleted_yet_is_no_fault()
    {
        await RegisteredAsync(offset: 0, minutesAgo: 63, lifetime: 60);

        Assert.Empty(await MeasureAsync("UTC"));
    }

    private async Task<(string Code, Severity Severity)> FindAsync(string zone)
    {
        var finding = Assert.Single(await MeasureAsync(zone));
        Assert.Contains(zone, finding.Sentence.English, StringComparison.Ordinal);
        return (finding.Code, finding.Severity);
    }

    /// <param name="offset">Hours of Kamailio's zone from UTC.</param>
    private Task RegisteredAsync(int offset, int minutesAgo, int lifetime) => ExecuteAsync($"""
        insert into location (ruid, username, domain, contact, last_modified, expires)
        select uuid(), 'panel', 'd', 'sip:a', t.at, t.at + interval {lifetime} minute
        from (select utc_timestamp() + interval {offset} hour - interval {minutesAgo} minute as at) t
        """);

    private async Task ExecuteAsync(string sql)
    {
        await using var root = await mariaDb.ConnectAsRootAsync(kamailio.Database.Name);
        await SqlFile.ExecuteAsync(root, sql);
    }

    private async Task<IReadOnlyList<Finding>> MeasureAsync(string zone)
    {
        var options = new KamailioOptions { ConnectionString = kamailio.Database.AppConnectionStringWithoutPassword + ";Pooling=false", TimeZone = zone };
        await using var database = KamailioDatabase.Open(options, new FixedSecrets("", kamailio.Database.AppPassword));
        return await new RegistrationTimesCheck(database, Options.Create(options)).MeasureAsync(TestContext.Current.CancellationToken);
    }
}
