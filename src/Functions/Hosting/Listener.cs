using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;
using Neolia.Functions.Settings;

namespace Neolia.Functions.Hosting;

/// <summary>
/// Where the program listens, and how it ends. As a custom handler of Azure Functions it serves the host on loopback
/// and nobody else; the host's own environment (<c>ASPNETCORE_URLS</c> …) must not move it.
/// </summary>
internal static class Listener
{
    public static void AddListener(this WebApplicationBuilder builder)
    {
        var setting = builder.Configuration.RunsUnderFunctionsHost() ? SettingRegistry.HostPort : SettingRegistry.LocalPort;
        var valid = ushort.TryParse(builder.Configuration.Read(setting) ?? setting.Default, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;
        builder.Services.AddOptions<ListenerOptions>()
            .Validate(_ => valid, $"{setting.Name} must be a port to listen on, from 1 to {ushort.MaxValue}")
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
    public static bool RunsUnderFunctionsHost(this IConfiguration configuration) => configuration.Read(SettingRegistry.HostPort) is not null;

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
            // Before anything is built from them: every fault of every section, not only the first.
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            await StartAsync(app);
            await app.WaitForShutdownAsync();
            return Math.Max(exitCode, Environment.ExitCode);
        }
        catch (Exception exception) when (StartFailure.Explain(exception) is { Count: > 0 } sentences)
        {
            foreach (var sentence in sentences)
                await Console.Error.WriteLineAsync(sentence);
            return 1;
        }
    }

    /// <summary>
    /// All or nothing: where the port is taken, the background services run already, and would be at work while what
    /// they work with is disposed.
    /// </summary>
    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.StopAsync();
            throw;
        }
    }
}
