using System.Diagnostics;
using Neolia.LocalStack.Functions;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>A run of the published program that is expected to end by itself.</summary>
internal sealed record ProgramRun(int ExitCode, string Output)
{
    public IReadOnlyList<string> Sentences => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static async Task<ProgramRun> ToItsEndAsync(IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo(FunctionApp.PublishedExecutable) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        using var program = Process.Start(start)!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        try
        {
            var (output, errors) = (program.StandardOutput.ReadToEndAsync(deadline.Token), program.StandardError.ReadToEndAsync(deadline.Token));
            await program.WaitForExitAsync(deadline.Token);
            return new ProgramRun(program.ExitCode, await output + await errors);
        }
        finally
        {
            if (!program.HasExited)
                program.Kill();
        }
    }
}
