using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Neolia.LocalStack.Functions;

namespace Neolia.EndToEnd.Tests.TakingOver;

/// <summary>The published program, run with a verb as the operator runs it.</summary>
internal sealed record Verb(int ExitCode, string Output, string Errors)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Everything that the operator could see or keep.</summary>
    public string Text => Output + Errors;

    public static Task<Verb> RunAsync(IReadOnlyDictionary<string, string> settings, params string[] arguments) =>
        RunWatchedAsync(settings, _ => Task.CompletedTask, arguments);

    /// <summary>Tells each line of its progress, and waits for what is done about it.</summary>
    public static async Task<Verb> RunWatchedAsync(IReadOnlyDictionary<string, string> settings, Func<string, Task> told, params string[] arguments)
    {
        using var process = Start(settings, arguments);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = new StringBuilder();
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            errors.AppendLine(line);
            await told(line);
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Verb(process.ExitCode, await output, errors.ToString());
    }

    /// <summary>Runs it until a line of its progress contains the text, then kills it.</summary>
    public static async Task KillAtAsync(IReadOnlyDictionary<string, string> settings, string progress, params string[] arguments)
    {
        using var process = Start(settings, arguments);
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains(progress, StringComparison.Ordinal))
                process.Kill();
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(128 + 9, process.ExitCode);
    }

    private static Process Start(IReadOnlyDictionary<string, string> settings, string[] arguments)
    {
        var start = new ProcessStartInfo(FunctionApp.PublishedExecutable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
