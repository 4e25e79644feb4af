using System.Diagnostics;

namespace Neolia.Package.Tests.Pooler;

/// <summary>The packaged program, run with a verb as the operator runs it.</summary>
internal sealed record VerbRun(int ExitCode, string Output)
{
    public static async Task<VerbRun> RunAsync(PackageFixture shared, params string[] arguments)
    {
        var start = new ProcessStartInfo(shared.Package.Executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in shared.Stack.AppSettings)
            start.Environment[name] = value;
        using var verb = Process.Start(start)!;
        var errors = verb.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await verb.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await verb.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new VerbRun(verb.ExitCode, output + await errors);
    }
}
