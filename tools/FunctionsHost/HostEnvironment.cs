using System.Globalization;

namespace Neolia.FunctionsHost;

/// <summary>The environment that a handler inherits: the whole of the host's, other servers' settings included.</summary>
internal static class HostEnvironment
{
    public static Dictionary<string, string> Of(FunctionsHostOptions options, int port, int hostsOwnPort) => new(options.Settings)
    {
        ["FUNCTIONS_CUSTOMHANDLER_PORT"] = Text(port),
        ["FUNCTIONS_WORKER_RUNTIME"] = "custom",
        ["FUNCTIONS_EXTENSION_VERSION"] = "~4",
        ["AzureWebJobsScriptRoot"] = options.Package.Folder,
        ["AzureFunctionsJobHost__Logging__Console__IsEnabled"] = "true",
        ["WEBSITE_SITE_NAME"] = "simulated",
        ["WEBSITE_HOSTNAME"] = "simulated.azurewebsites.net",

        // The trap: where the host itself listens.
        ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{Text(hostsOwnPort)}",
        ["ASPNETCORE_HTTP_PORTS"] = Text(hostsOwnPort),
        ["PORT"] = Text(hostsOwnPort),
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
