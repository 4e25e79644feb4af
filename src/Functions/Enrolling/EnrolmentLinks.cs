using Neolia.Functions.Hosting;
using Neolia.Functions.Hosts;
using Neolia.Functions.Settings;

namespace Neolia.Functions.Enrolling;

/// <summary>
/// Addresses of links. They begin with what the operator or the platform says, never with the Host header of a request:
/// whoever sends it would choose where a device brings its secret.
/// </summary>
/// <param name="Origin">Null: nobody has said it, and no link can be made.</param>
internal sealed record EnrolmentLinks(string? Origin)
{
    /// <summary>Of the platform: the app's own name on Azure, the local port without the Functions host.</summary>
    public static string? PlatformOrigin(IConfiguration configuration)
    {
        if (configuration.Read(SettingRegistry.AzureHostName) is { Length: > 0 } name)
            return $"{(Loopback.Is(name.Split(':')[0]) ? "http" : "https")}://{name}";
        return configuration.RunsUnderFunctionsHost()
            ? null
            : $"http://localhost:{configuration.Read(SettingRegistry.LocalPort) ?? SettingRegistry.LocalPort.Default}";
    }

    /// <summary>The secret stands behind the '#', which a browser keeps to itself: no server, log or preview sees it.</summary>
    public string Address(Guid link, string secret) => $"{Origin}/api/enrol/{link}#{secret}";
}
