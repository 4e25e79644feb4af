namespace Neolia.Functions.Enrolling;

/// <param name="Secret">Handed out once.</param>
public sealed record NewEnrolment(Guid Id, string Secret, DateTimeOffset ExpiresAt)
{
    /// <summary>Records print their members, and the secret must never reach a log.</summary>
    public override string ToString() => $"enrolment {Id}";
}

public enum EnrolmentOutcome
{
    Made,

    /// <summary>None that the caller can see.</summary>
    NoSuchAccount,

    /// <summary>A device could not register with it.</summary>
    AccountDisabled,

    /// <summary>The account keeps being changed.</summary>
    Busy,
}
