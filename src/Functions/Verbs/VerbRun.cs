using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Neolia.Functions.Hosting;
using Neolia.Functions.Kamailio;
using Neolia.Functions.KamailioSync;
using Neolia.Functions.Secrets;
using Neolia.Functions.Vault;

namespace Neolia.Functions.Verbs;

/// <summary>Runs one verb with the services of the server, of which nothing listens and nothing drains by itself.</summary>
internal static class VerbRun
{
    /// <summary>A verb that works on both databases.</summary>
    public static Task<int> RunAsync(
        bool json, Func<IServiceProvider, IProgress<string>, CancellationToken, Task<IVerbAnswer>> run, CancellationToken cancellationToken) =>
        RunAsync(json, services => services.GetRequiredService<IStartupValidator>().Validate(), run, cancellationToken);

    /// <summary>A verb of Kamailio's side alone: the operator of its server has no business with Supabase's settings.</summary>
    public static Task<int> RunOnKamailioAsync(
        bool json, Func<IServiceProvider, IProgress<string>, CancellationToken, Task<IVerbAnswer>> run, CancellationToken cancellationToken) =>
        RunAsync(json, services => _ = services.GetRequiredService<IOptions<KamailioOptions>>().Value, run, cancellationToken);

    /// <returns>The exit code.</returns>
    public static async Task<int> AnswerAsync(IVerbAnswer answer, bool json)
    {
        foreach (var line in json ? [answer.ToJson()] : answer.Lines)
            await Console.Out.WriteLineAsync(line);
        return answer.NeedsAttention ? CommandLine.NeedsAttention : CommandLine.Ok;
    }

    private static async Task<int> RunAsync(
        bool json, Action<IServiceProvider> validate, Func<IServiceProvider, IProgress<string>, CancellationToken, Task<IVerbAnswer>> run, CancellationToken cancellationToken)
    {
        try
        {
            await using var app = Build();
            validate(app.Services);
            await app.Services.GetRequiredService<ISecrets>().RefreshAsync(cancellationToken);
            return await AnswerAsync(await AskAsync(app.Services, run, cancellationToken), json);
        }
        catch (Exception exception) when (StartFailure.Explain(exception) is { Count: > 0 } sentences)
        {
            return await VerbFailure.TellAsync(json, CommandLine.Usage, sentences);
        }
        catch (VerbUsageException exception)
        {
            return await VerbFailure.TellAsync(json, CommandLine.Usage, exception.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return await VerbFailure.TellAsync(json, CommandLine.NeedsAttention, "Interrupted. What was done stays done; run it again to finish.");
        }
        catch (Exception exception)
        {
            return await VerbFailure.TellAsync(json, CommandLine.NeedsAttention, VerbFault.Explain(exception));
        }
    }

    private static async Task<IVerbAnswer> AskAsync(
        IServiceProvider services, Func<IServiceProvider, IProgress<string>, CancellationToken, Task<IVerbAnswer>> run, CancellationToken cancellationToken)
    {
        using var progress = new VerbProgress();
        return await run(services, progress, cancellationToken);
    }

    private static WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.AddSecrets();
        builder.AddDatabases();
        builder.AddDrain();
        builder.AddActivityLog();
        builder.AddReconcile();
        builder.AddKamailioSync();
        builder.AddTakingOver();
        builder.AddOperator();
        return builder.Build();
    }
}

/// <summary>What is wrong with the command line or its environment, as a sentence.</summary>
internal sealed class VerbUsageException(string message) : Exception(message);
