namespace Neolia.Functions.Registrations;

/// <summary>Settings <c>Registrations__*</c>.</summary>
public sealed class RegistrationOptions
{
    public const string Section = "Registrations";

    /// <summary>Period of the timer when the program runs by itself, without the Functions host's timer.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one run writes; the next one goes on where it stopped. At most 20 s, so that a run does not meet the next.</summary>
    public TimeSpan Budget { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// By how much <c>last_registration</c> may lag behind while a device stays registered. Devices refresh every few
    /// minutes, which is no news; written each time it would be most of what the timer writes. When the device goes it is put
    /// right. 0: each REGISTER is written.
    /// </summary>
    public TimeSpan LastSeenLag { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>For how long a run keeps others out; one that is killed holds the turn no longer than that.</summary>
    internal TimeSpan Lease => Budget + TimeSpan.FromSeconds(10);
}
