namespace Neolia.Functions.Registrations;

/// <summary>Every account that had a contact which was not expired, at one moment, with the time of its latest REGISTER.</summary>
/// <param name="ClockDifference">
/// By how much the latest of all those times lies in the future of the database's clock: more than a moment means that
/// <c>Kamailio__TimeZone</c> is not Kamailio's, or that its host's clock is wrong.
/// </param>
public sealed record Registered(IReadOnlyDictionary<Guid, DateTime> Accounts, TimeSpan ClockDifference);
