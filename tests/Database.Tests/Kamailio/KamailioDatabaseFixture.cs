using Neolia.LocalStack.MariaDb;

namespace Neolia.Database.Tests.Kamailio;

/// <summary>One Kamailio database for a test class whose tests leave its tables as they are.</summary>
public sealed class KamailioDatabaseFixture(MariaDbFixture mariaDb) : IAsyncLifetime
{
    private KamailioDatabase? _database;

    public KamailioDatabase Database => _database ?? throw new InvalidOperationException("The database has not been made.");

    public async ValueTask InitializeAsync() => _database = await mariaDb.CreateKamailioAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
