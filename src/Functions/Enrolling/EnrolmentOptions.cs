namespace Neolia.Functions.Enrolling;

/// <summary>Settings <c>Enrolment__*</c>: the links by which devices get their credentials.</summary>
internal sealed class EnrolmentOptions
{
    public const string Section = "Enrolment";

    /// <summary>
    /// Scheme and host that links begin with, as devices reach the app, for example <c>https://functions.neolia.app</c>.
    /// Empty: the app's own name on Azure, or the local port.
    /// </summary>
    public string Origin { get; set; } = "";
}
