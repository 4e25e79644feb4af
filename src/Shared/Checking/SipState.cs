using Neolia.Functions.SipProbe;

namespace Neolia.Functions.Checking;

/// <param name="Answers">There was an answer to OPTIONS.</param>
/// <param name="EmptyPassword">
/// Null: there is no account that anybody could have tried. Unclear, too, where Kamailio's database can't be read: which
/// accounts there are is not known then.
/// </param>
public sealed record SipState(bool Answers, ProbeOutcome Challenge, LoginOutcome? EmptyPassword)
{
    /// <summary>A REGISTER is challenged, and an empty password doesn't get in, be it for having been tried too often.</summary>
    public bool AuthenticationWorks => Challenge == ProbeOutcome.Challenged && EmptyPassword is null or LoginOutcome.Refused or LoginOutcome.TooOften;
}
