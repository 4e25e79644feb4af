using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Neolia.Functions.Hosting;

namespace Neolia.Functions.Tests.Hosting;

/// <summary>The program's own server, put together as it puts itself together, and never started.</summary>
internal static class ServerRig
{
    /// <summary>All that it needs; no server answers at these addresses.</summary>
    public static Dictionary<string, string?> Settings() => new()
    {
        ["FUNCTIONS_CUSTOMHANDLER_PORT"] = "7071",
        ["Supabase:ConnectionString"] = "Host=127.0.0.1;Port=1;Database=postgres;Username=neolia_functions",
        ["Supabase:Password"] = Guid.NewGuid().ToString(),
        ["Supabase:JwtSecret"] = Guid.NewGuid().ToString(),
        ["Kamailio:ConnectionString"] = "Server=127.0.0.1;Port=1;Database=kamailio;User ID=neolia_functions",
        ["Kamailio:Password"] = Guid.NewGuid().ToString(),
    };

    public static WebApplication Build(IDictionary<string, string?> settings, IConfigurationSource? last = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(settings);
        if (last is not null)
            builder.Configuration.Sources.Add(last);
        return FunctionServer.Build(builder);
    }
}
