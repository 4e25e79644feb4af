namespace Neolia.LocalStack.Media;

/// <summary>Something that JsSIP told its page.</summary>
/// <param name="Name">JsSIP's name of it: registered, registrationFailed, confirmed, ended …; "call" for an incoming one.</param>
/// <param name="Status">SIP status of a refused registration.</param>
/// <param name="Cause">JsSIP's word for why.</param>
/// <param name="From">URI of the caller.</param>
/// <param name="Originator">Who ended a call: local, remote or system.</param>
public sealed record PhoneEvent(string Name, int? Status = null, string? Cause = null, string? From = null, string? Originator = null);
