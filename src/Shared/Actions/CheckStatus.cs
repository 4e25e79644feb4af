using Neolia.Functions.Checking;
using Neolia.Functions.Supabase;
using Neolia.Functions.Wording;

namespace Neolia.Functions.Actions;

/// <summary><c>check_status</c>: everything in the answer is measured, at the moment of asking or the moment before.</summary>
public sealed class CheckStatus(SystemCheck system)
{
    public async Task<StatusAnswer> RunAsync(Caller caller, Language language, CancellationToken cancellationToken)
    {
        var state = await system.MeasureAsync(caller, cancellationToken);
        List<string> problems = [.. Findings.Of(state).Select(f => f.For(caller).In(language)).Distinct()];
        return new StatusAnswer(
            state.Kamailio.Verdict == DatabaseVerdict.Good,
            state.Sip.AuthenticationWorks,
            state.Kamailio.Registered,
            problems.Count > 0 ? problems[0] : AllWell(state.Kamailio.Registered).In(language),
            state.Sip.Answers,
            state.Supabase.Verdict == DatabaseVerdict.Good,
            state.Supabase.Queue?.Waiting ?? 0,
            state.Supabase.Queue?.OldestSeconds ?? 0,
            state.Supabase.WithoutCredentials,
            problems);
    }

    private static Sentence AllWell(int registered) => Sentence.Of(registered,
        new Sentence("Kamailio is connected and asks for passwords; 1 account is registered.", "Kamailio est connecté et demande des mots de passe ; 1 compte est enregistré."),
        new Sentence(
            $"Kamailio is connected and asks for passwords; {registered} accounts are registered.",
            $"Kamailio est connecté et demande des mots de passe ; {registered} comptes sont enregistrés."));
}

/// <param name="Connected">Kamailio's database answers and is as the sync needs it.</param>
/// <param name="AuthEnabled">Kamailio challenges a REGISTER without credentials, and an empty password doesn't get in.</param>
/// <param name="RegisteredUsers">Names with a contact that has not expired.</param>
/// <param name="Message">The worst of the problems, or that all is well.</param>
/// <param name="SipAnswers">Kamailio answers OPTIONS.</param>
/// <param name="SupabaseConnected">Supabase's database answers and is as the sync needs it.</param>
/// <param name="ChangesWaiting">Depth of the queue, all users'.</param>
/// <param name="OldestChangeSeconds">Age of the oldest change that waits.</param>
/// <param name="AccountsWithoutCredentials">The caller's enabled accounts that no device can register with yet.</param>
/// <param name="Problems">All that is wrong and what to do, the worst first.</param>
public sealed record StatusAnswer(
    bool Connected,
    bool AuthEnabled,
    int RegisteredUsers,
    string Message,
    bool SipAnswers,
    bool SupabaseConnected,
    long ChangesWaiting,
    long OldestChangeSeconds,
    long AccountsWithoutCredentials,
    IReadOnlyList<string> Problems);
