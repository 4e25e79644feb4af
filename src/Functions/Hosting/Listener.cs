using System.Globalization;
using System.Net;

namespace Neolia.Functions.Hosting;

/// <summary>
/// Where the program listens, and how it ends. As a custom handler of Azure Functions it serves the host on loopback
/// and nobody else; the host's own environment (<c>ASPNETCORE_URLS</c> …) must not move it.
/// </summary>
internal static class Listener
{
    private const string HostPort = "FUNCTIONS_CUSTOMHANDLER_PORT";
    private const string LocalPort = "PORT";
    private const string DefaultPort = "7071";

    public static void AddListener(this WebApplicationBuilder builder)
    {
        var setting = builder.Configuration[HostPort] is not null ? HostPort : LocalPort;
        var valid = ushort.TryParse(builder.Configuration[setting] ?? DefaultPort, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;
        builder.Services.AddOptions<ListenerOptions>()
            .Validate(_ => valid, $"{setting} must be a port to listen on, from 1 to {ushort.MaxValue}, for example {DefaultPort}.")
            .ValidateOnStart();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // With a bad setting the number is never listened on: the validation above comes first.
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.AddServerHeader = false;
        });

        // Paths and headers stay out of the log: function keys travel in them.
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting", LogLevel.Warning);

        // It would log a failed start with a stack trace beside our sentence. What ends a background service is
        // logged by the service.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
    }

    /// <summary>Nothing but the validation of the port: Kestrel's own options are read before the start, too early for a sentence.</summary>
    private sealed class ListenerOptions;

    /// <summary>True when the Functions host started this process, and calls its timers.</summary>
    public static bool RunsUnderFunctionsHost(this IConfiguration configuration) => configuration[HostPort] is not null;

    /// <summary>
    /// The exit code. Under the Functions host a server that ends is a failure, whatever ended it: exit code 0 may
    /// never be restarted.
    /// </summary>
    public static async Task<int> RunUntilStoppedAsync(this WebApplication app)
    {
        // Read now: the configuration is gone once the server has ended.
        var exitCode = app.Configuration.RunsUnderFunctionsHost() ? 1 : 0;
        try
        {
            await app.RunAsync();
            return Math.Max(exitCode, Environment.ExitCode);
        }
        catch (Exception exception) when (StartFailure.Explain(exception) is { Count: > 0 } sentences)
        {
            foreach (var sentence in sentences)
                await Console.Error.WriteLineAsync(sentence);
            return 1;
        }
    }
}
