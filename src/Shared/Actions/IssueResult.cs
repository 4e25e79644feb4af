using Neolia.Functions.Wording;

namespace Neolia.Functions.Actions;

/// <param name="Message">Why not; or, for credentials that exist, why Kamailio doesn't have them yet (null: it does).</param>
/// <param name="Configuration">Present with <see cref="IssueOutcome.Issued"/>, and handed out once.</param>
public sealed record IssueResult(IssueOutcome Outcome, Sentence? Message = null, DeviceConfiguration? Configuration = null, bool AccountEnabled = true)
{
    /// <summary>What somebody who was just given credentials should know.</summary>
    public IEnumerable<Sentence> Warnings
    {
        get
        {
            if (Outcome == IssueOutcome.Issued && Message is not null)
            {
                yield return new Sentence(
                    "The credentials are valid, and become active when Kamailio has them.",
                    "Les identifiants sont valables, et deviendront actifs dès que Kamailio les aura.");
            }

            if (!AccountEnabled)
            {
                yield return new Sentence(
                    "The account is disabled: no device can register with it until it is enabled.",
                    "Le compte est désactivé : aucun appareil ne peut s'y enregistrer tant qu'il ne sera pas activé.");
            }
        }
    }
}

public enum IssueOutcome
{
    Issued,

    /// <summary>The account has credentials, and they were not to be replaced.</summary>
    AlreadyIssued,

    /// <summary>None that the caller can see.</summary>
    NoSuchAccount,

    /// <summary>The given password is not strong enough, or can't be typed.</summary>
    PasswordRefused,

    /// <summary>The account keeps being renamed.</summary>
    Busy,
}
