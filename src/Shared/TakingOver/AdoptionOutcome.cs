using System.Diagnostics;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.TakingOver;

public enum AdoptionOutcome
{
    Adopted,

    /// <summary>A dry run found nothing in the way.</summary>
    WouldAdopt,

    /// <summary>Adopted before, and synced.</summary>
    AlreadyAdopted,

    /// <summary>Handed over; the drain has not brought it to its end yet.</summary>
    NotYetSynced,

    NotCanonical,
    DomainNotServed,
    NoSuchSubscriber,
    NoSuchAccount,
    AccountDisabled,
    SpelledOtherwise,
    Doubled,
    OwnedByAnother,
    NoUsableDigest,
    ChangedMeanwhile,
}

/// <param name="Detail">With <see cref="AdoptionOutcome.NotYetSynced"/>: why, as a sentence. With <see cref="AdoptionOutcome.SpelledOtherwise"/>: how.</param>
public sealed record AdoptionResult(SipName Name, AdoptionOutcome Outcome, string? Detail = null)
{
    public bool Success => Outcome is AdoptionOutcome.Adopted or AdoptionOutcome.WouldAdopt or AdoptionOutcome.AlreadyAdopted;

    /// <summary>What happened, or why not and what to do, as a sentence.</summary>
    public string Sentence => Outcome switch
    {
        AdoptionOutcome.Adopted => "Adopted with its present password; its devices stay registered.",
        AdoptionOutcome.WouldAdopt => "Would be adopted.",
        AdoptionOutcome.AlreadyAdopted => "It is managed already by the account of this name; nothing to do.",
        AdoptionOutcome.NotYetSynced => $"Adopted, but the account is not synced yet: {Detail}",
        AdoptionOutcome.NotCanonical => "This is not a name that Kamailio can hold. Use 1 to 64 of a-z, 0-9, '.', '_' and '-', in lower case, then '@' and the domain.",
        AdoptionOutcome.DomainNotServed => "The domain isn't one of Kamailio__Domains.",
        AdoptionOutcome.NoSuchSubscriber => "Kamailio has no such subscriber.",
        AdoptionOutcome.NoSuchAccount => "There is no account of this name. Create it in the dashboard first.",
        AdoptionOutcome.AccountDisabled => "The account is disabled, so that its devices would be cut off. Enable it first.",
        AdoptionOutcome.SpelledOtherwise => $"The subscriber is written '{Detail}', and its password is bound to that spelling. Rename it in lower case and give its device a new password.",
        AdoptionOutcome.Doubled => "The name stands more than once in subscriber. Run secure-subscribers and follow it.",
        AdoptionOutcome.OwnedByAnother => "It is managed already, by another account that had this name. Run it again when that account's change is synced.",
        AdoptionOutcome.NoUsableDigest => "The subscriber has neither a usable digest nor a password, so that there is nothing to adopt. Delete it, and issue credentials to the account.",
        AdoptionOutcome.ChangedMeanwhile => "The account or the subscriber is being changed at this moment. Run it again.",
        _ => throw new UnreachableException(),
    };
}
