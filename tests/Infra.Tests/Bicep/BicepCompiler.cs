using System.Diagnostics;
using System.Reflection;

namespace Neolia.Infra.Tests.Bicep;

/// <param name="Complaints">Errors and warnings, one per line; empty when there are none.</param>
internal sealed record Compilation(int ExitCode, string Output, string Complaints);

/// <summary>The real Bicep compiler, of the pinned package.</summary>
internal static class BicepCompiler
{
    /// <summary>What belongs to one installation; the parameter files read it from the environment.</summary>
    public static IReadOnlyDictionary<string, string> Installation { get; } = new Dictionary<string, string>
    {
        ["SUPABASE_PROJECT_REF"] = "abcdefghijklmnopqrst",
        ["SUPABASE_POOLER_HOST"] = "aws-0-eu-west-3.pooler.supabase.com",
        ["KAMAILIO_HOST"] = "sip.neolia.app",
        ["KAMAILIO_DOMAINS"] = "sip.neolia.app,villas.neolia.app",
        ["KAMAILIO_WS_SERVERS"] = "wss://sip.neolia.app:8443",
        ["KAMAILIO_SIP_ADDRESS"] = "sip.neolia.app:5060",
        ["DASHBOARD_ORIGINS"] = "https://app.neolia.app,https://demo.neolia.app",
        ["ALERT_MAIL"] = "operator@neolia.app",
        ["OPERATOR_ADDRESSES"] = "203.0.113.7",
    };

    private static readonly string Executable = typeof(BicepCompiler).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "BicepCompiler").Value!;

    public static async Task<Compilation> RunAsync(
        string folder, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var compiler = Process.Start(start)!;
        var output = compiler.StandardOutput.ReadToEndAsync(cancellationToken);
        var complaints = compiler.StandardError.ReadToEndAsync(cancellationToken);
        await compiler.WaitForExitAsync(cancellationToken);
        return new Compilation(compiler.ExitCode, await output, (await complaints).Trim());
    }
}
