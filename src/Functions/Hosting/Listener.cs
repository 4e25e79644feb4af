using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;

namespace Neolia.Functions.Hosting;

/// <summary>
/// Where the program listens, and how it ends. As a custom handler of Azure Functions it serves the host on loopback
/// and nobody else; the host's own environment (<c>ASPNETCORE_URLS</c> …) must not move it.
/// </summary>
internal static class Listener
{
    private const string HostPort = "FUNCTIONS_CUSTOMHANDLER_PORT";
    private const int DefaultPort = 7071;

    public static void AddListener(this WebApplicationBuilder builder)
    {
        var port = int.Parse(builder.Configuration[HostPort] ?? builder.Configuration["PORT"] ?? DefaultPort.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.AddServerHeader = false;
        });

        // Paths and headers stay out of the log: function keys travel in them.
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting", LogLevel.Warning);
    }

    /// <summary>True when the Functions host started this process, and calls its timers.</summary>
    public static bool RunsUnderFunctionsHost(this IConfiguration configuration) => configuration[HostPort] is not null;

    /// <summary>
    /// The exit code. Under the Functions host a server that ends is a failure, whatever ended it: exit code 0 may
    /// never be restarted.
    /// </summary>
    public static async Task<int> RunUntilStoppedAsync(this WebApplication app)
    {
        try
        {
            await app.RunAsync();
            return app.Configuration.RunsUnderFunctionsHost() ? 1 : 0;
        }
        catch (OptionsValidationException exception)
        {
            foreach (var failure in exception.Failures)
                await Console.Error.WriteLineAsync(failure);
            return 1;
        }
    }
}
