namespace Neolia.Functions.Registrations;

/// <summary>Settings <c>Registrations__*</c>.</summary>
public sealed class RegistrationOptions
{
    public const string Section = "Registrations";

    /// <summary>Period of the timer when the program runs by itself, without the Functions host's timer.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);
}
