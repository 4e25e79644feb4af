using Neolia.Functions.SipProbe;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Checking;

/// <summary>Measures Kamailio itself, over UDP as a device would see it.</summary>
public sealed class SipCheck(OptionsProbe options, RegisterProbe register, PasswordLogin login, TimeProvider clock)
{
    // Each sends a request twice within 1.5 s; a login is two requests.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly EmptyPasswordTrial _trial = new(login, clock);

    /// <param name="kamailio">Comes to name an account for the empty password.</param>
    public async Task<SipState> MeasureAsync(Task<KamailioState> kamailio, CancellationToken cancellationToken)
    {
        var answers = Bounded.RunAsync(options.IsAnsweredAsync, Patience, () => false, cancellationToken);
        var challenge = Bounded.RunAsync(register.AskAsync, Patience, () => ProbeOutcome.NoAnswer, cancellationToken);
        var empty = await kamailio switch
        {
            { Verdict: not DatabaseVerdict.Good } => LoginOutcome.Unclear,
            { Example: { } name } => await TryEmptyPasswordAsync(name, cancellationToken),
            _ => (LoginOutcome?)null,
        };
        return new SipState(await answers, await challenge, empty);
    }

    /// <summary>Where it lets in, nothing changes: the contact of the attempt expires at once.</summary>
    private Task<LoginOutcome> TryEmptyPasswordAsync(SipName name, CancellationToken cancellationToken) =>
        Bounded.RunAsync(token => _trial.TryAsync(name, token), Patience, () => LoginOutcome.NoAnswer, cancellationToken);
}
