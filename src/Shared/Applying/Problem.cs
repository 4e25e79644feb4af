using Neolia.Functions.Subjects;

namespace Neolia.Functions.Applying;

/// <param name="Code">Stable, for programs: <c>error_code</c> of <c>sip_account_sync</c> and <c>unit_sync</c>.</param>
/// <param name="Message">For people: what is wrong and what to do. Never a secret, a connection string or a stack trace.</param>
/// <param name="About">Which of several things it is that is wrong, for the sentences of other languages; null where it is clear.</param>
public sealed record Problem(string Code, string Message, string? About = null)
{
    public static readonly Problem KamailioUnreachable = new(
        "kamailio_unreachable", "Kamailio's database can't be reached. The change is kept and is applied when it answers again.");

    public static readonly Problem KamailioBusy = new(
        "kamailio_busy", "Kamailio's database keeps these rows locked. The change is tried again by itself.");

    public static Problem NameNotCanonical(SipName name) => new(
        "name_not_canonical",
        $"Kamailio can't hold the name '{name}'. Use 1 to 64 of a-z, 0-9, '.', '_' and '-', in lower case.");

    public static Problem DomainNotServed(string domain) => new(
        "domain_not_served", $"The domain '{domain}' isn't served by this Kamailio. Choose one that is, or ask the operator to add it.");

    public static Problem NameInUse(SipName name) => new(
        "name_in_use",
        $"Name in use: Kamailio has a subscriber '{name}' that was not made here. Choose another name, or ask the operator to adopt it.");

    public static readonly Problem NameConflict = new(
        "name_conflict", "A unique key of Kamailio's subscriber table is in the way that should not be there. Run kamailio/mysql/check.sql.");

    public static Problem NoCredentials(SipName name) => new(
        "no_credentials", $"There are no credentials for '{name}'. Issue new ones.");

    public static readonly Problem ExtensionTooLong = new(
        "extension_too_long",
        $"The extension is too long: Kamailio's database holds {ColumnLimits.Extension.Characters} characters. The account works without it until it is shortened.");

    public static readonly Problem UnitTooLong = new(
        "unit_too_long",
        $"The flat's number is too long: Kamailio's database holds {ColumnLimits.UnitNumber.Characters} characters. Shorten it.");

    /// <summary>Alone of the problems of an account it undoes the whole transaction, so that Kamailio keeps what was applied before.</summary>
    public const string NotStorableCode = "not_storable";

    public static Problem NotStorable(string reason) => new(
        NotStorableCode, $"Kamailio's database refuses the values of this row: {reason}.");

    public static Problem Unexpected(string reason) => new(
        "kamailio_error", $"Kamailio's database answered with an error: {reason}. It is tried again by itself.");
}
