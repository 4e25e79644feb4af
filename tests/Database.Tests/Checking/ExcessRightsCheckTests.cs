using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Functions.Checking;
using Neolia.Functions.Kamailio;
using Neolia.LocalStack.MariaDb;
using AppDatabase = Neolia.Functions.Kamailio.KamailioDatabase;
using KamailioDatabase = Neolia.LocalStack.MariaDb.KamailioDatabase;

namespace Neolia.Database.Tests.Checking;

/// <summary>What the app's user of Kamailio's database may do besides its work is told by name.</summary>
public sealed class ExcessRightsCheckTests(MariaDbFixture mariaDb, KamailioDatabaseFixture kamailio) : IClassFixture<KamailioDatabaseFixture>
{
    [Fact]
    public async Task What_grants_gives_is_not_too_much() => Assert.Empty(await MeasureAsync(KamailioDatabase.App, kamailio.Database.AppPassword));

    [Theory]
    [InlineData("process", "*.*")]
    [InlineData("all", "DATABASE.*")]
    [InlineData("select", "DATABASE.version")]
    [InlineData("delete", "DATABASE.neolia_account")]
    [InlineData("select", "DATABASE.location", "with grant option")]
    [InlineData("select", "mysql.proc")]
    public async Task Whatever_was_granted_besides_is_named(string right, string place, string option = "")
    {
        place = place.Replace("DATABASE", kamailio.Database.Name, StringComparison.Ordinal);
        var (user, password) = ($"rights_{Guid.NewGuid():n}", $"{Guid.NewGuid():n}");
        await using var root = await mariaDb.ConnectAsRootAsync(kamailio.Database.Name);
        await SqlFile.ExecuteAsync(root, $"""
            create user {user} identified by '{password}';
            grant select, delete on location to {user};
            grant {right} on {place} to {user} {option}
            """);

        var finding = Assert.Single(await MeasureAsync(user, password));

        Assert.Equal(("kamailio_excess_rights", Severity.Notice), (finding.Code, finding.Severity));
        Assert.Contains($" on {place})", finding.Sentence.English, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<Finding>> MeasureAsync(string user, string password)
    {
        var options = new KamailioOptions { ConnectionString = kamailio.Database.AppConnectionStringWithoutPassword + ";Pooling=false" };
        await using var database = AppDatabase.Open(options.As(user), new FixedSecrets("", password));
        return await new ExcessRightsCheck(supabase: null!, database).OfKamailioAsync(TestContext.Current.CancellationToken);
    }
}
