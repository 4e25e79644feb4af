namespace Neolia.Functions.TakingOver;

public enum EmptyPasswordVerdict
{
    /// <summary>Proven: a row that carries only digests refuses an empty password and takes the right one.</summary>
    Refused,

    /// <summary>The open door: an empty password registers.</summary>
    Accepted,

    /// <summary>The right password was refused too: this Kamailio doesn't look at these digests at all.</summary>
    DigestsIgnored,

    NoAnswer,

    /// <summary>Other runs were asking all the while.</summary>
    Busy,

    /// <summary>Kamailio answered something that proves nothing.</summary>
    Unclear,
}

public static class EmptyPasswordVerdicts
{
    /// <summary>What follows for the operator, as a sentence.</summary>
    public static string Explain(this EmptyPasswordVerdict verdict) => verdict switch
    {
        EmptyPasswordVerdict.Refused => "Kamailio refuses an empty password for a row that carries only digests.",
        EmptyPasswordVerdict.Accepted =>
            "Kamailio accepts an EMPTY password for a row that carries only digests. Switch it to this project's kamailio.cfg first, then run this again; the digests that are in place make that switch safe.",
        EmptyPasswordVerdict.DigestsIgnored =>
            "Kamailio refuses the right password of a row that carries only digests. Switch it to this project's kamailio.cfg first, and check that it serves the first of Kamailio__Domains from this very database; then run this again.",
        EmptyPasswordVerdict.NoAnswer =>
            "Kamailio doesn't answer SIP, so that nobody knows whether it refuses an empty password. Check that it runs, and that Kamailio__SipAddress names its UDP listener; then run this again.",
        EmptyPasswordVerdict.Busy => "Other runs ask Kamailio whether it refuses an empty password, and one waits for the other: run this again when they have ended.",
        _ =>
            "Kamailio's answers don't tell whether it refuses an empty password. Check that it runs this project's kamailio.cfg and can reach its database; then run this again.",
    };
}
