using Neolia.LocalStack.Kamailio;
using Neolia.LocalStack.MariaDb;

namespace Neolia.Bench.Kamailio;

/// <summary>One of the two Kamailios.</summary>
internal sealed class Subject : IAsyncDisposable
{
    private Subject(string name, KamailioServer server)
    {
        Name = name;
        Server = server;
    }

    public string Name { get; }

    public KamailioServer Server { get; }

    public static async Task<Subject> StartAsync(string name, KamailioDatabase database, string? configuration, CancellationToken cancellationToken) =>
        new(name, await KamailioServer.StartAsync(
            database, [Population.Domain], cancellationToken, new KamailioServerOptions
            {
                Configuration = configuration,
                Defines = new Dictionary<string, string> // All come from one address.
                {
                    ["NEOLIA_STRANGERS"] = "1000000000",
                    ["NEOLIA_STRANGERS_REGISTERING"] = "1000000000",
                },
            }));

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
