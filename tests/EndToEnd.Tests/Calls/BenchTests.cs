using System.Diagnostics;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>The benchmark against the plain example still measures what it says; sipp fails where an answer is another one.</summary>
public sealed class BenchTests
{
    [Fact]
    public async Task The_benchmark_of_Kamailio_runs()
    {
        var bench = Directory.EnumerateFiles(Path.Combine(Repository.Root, "bench", "bin", "Debug"), "Neolia.Bench.dll", SearchOption.AllDirectories).Single();
        using var run = Process.Start(new ProcessStartInfo("dotnet", [bench, "kamailio", "--short"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(run.ExitCode == 0, await output + errors);
        Assert.Contains("REGISTER of a new contact", await output, StringComparison.Ordinal);
    }
}
