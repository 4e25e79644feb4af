using Neolia.Functions.SipProbe;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Checking;

/// <summary>Tries an empty password at Kamailio, but not so often that Kamailio takes it for guessing.</summary>
internal sealed class EmptyPasswordTrial(PasswordLogin login, TimeProvider clock)
{
    // A refusal counts as a wrong password, of which Kamailio takes 10 a minute for an account from one address: where there
    // is a single account, two processes stay below.
    private static readonly TimeSpan RefusedFor = TimeSpan.FromSeconds(15);

    private Refusal? _refusal;

    public async Task<LoginOutcome> TryAsync(SipName name, CancellationToken cancellationToken)
    {
        if (_refusal is { } fresh && clock.GetElapsedTime(fresh.At) < RefusedFor)
            return LoginOutcome.Refused;

        var outcome = await login.TryAsync(name, "", cancellationToken);

        // Other processes ask from the same address. What was refused before still is: a Kamailio that was started anew with
        // another configuration has forgotten whom it counted.
        if (outcome == LoginOutcome.TooOften)
            return _refusal is null ? outcome : LoginOutcome.Refused;
        _refusal = outcome == LoginOutcome.Refused ? new Refusal(clock.GetTimestamp()) : null;
        return outcome;
    }

    private sealed record Refusal(long At);
}
