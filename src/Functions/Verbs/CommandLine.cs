using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Neolia.Functions.Verbs;

/// <summary>
/// The operator's side of the program: <c>Neolia.Functions VERB</c>, with the settings and secrets of the server. Exit
/// code 0: all is well; 1: something needs attention; 2: the command line or a setting is wrong, and nothing was done.
/// </summary>
internal static class CommandLine
{
    public const int Ok = 0;
    public const int NeedsAttention = 1;
    public const int Usage = 2;

    /// <summary>Options alone are settings of the server (<c>--Drain:Interval=…</c>), as they always were.</summary>
    public static bool IsMeantBy(string[] args) =>
        args.Length > 0 && (!args[0].StartsWith('-') || args[0] is "--help" or "-h" or "-?" or "--version");

    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Root().Parse(args);
        if (parsed.Action is ParseErrorAction || (parsed.Errors.Count > 0 && parsed.Action is null))
        {
            return await VerbFailure.TellAsync(
                args.Contains(VerbOptions.JsonName), Usage, [.. parsed.Errors.Select(error => error.Message), "Add --help to see how it is used."]);
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    // Not a RootCommand: that takes its name from the executable's and cuts it at the dot.
    private static Command Root() => new(
        "Neolia.Functions",
        "Neolia Functions keeps Kamailio's accounts as Supabase says. Without a verb it serves. Settings and secrets come from the environment, as for the server. Exit code: 0 all is well, 1 something needs attention, 2 wrong usage.")
    {
        CheckVerb.Create(),
        DrainVerb.Create(),
        AccountVerb.Create(),
        SecureSubscribersVerb.Create(),
        AdoptVerb.Create(),
        MovePasswordHashesVerb.Create(),
        EmptyPasswordVerb.Create(),
        ReconcileVerb.Create(),
        SettingsVerb.Create(),
        new HelpOption(),
        new VersionOption(),
    };
}
