using Neolia.Functions.Subjects;

namespace Neolia.Functions.Reading;

/// <summary>
/// What Supabase said of an account in one snapshot, with the queue's version of that same snapshot.
/// <paramref name="State"/> is null when the account no longer exists.
/// </summary>
public sealed record DesiredAccount(Guid Id, long Version, AccountState? State)
{
    public Subject Subject => new(SubjectKind.Account, Id);
}

/// <param name="Credentials">Null when the account has no digests bound to its present name; it then can't be a subscriber.</param>
public sealed record AccountState(
    Guid UnitId,
    SipName Name,
    string Type,
    string? Extension,
    bool Enabled,
    AccountCredentials? Credentials);

/// <param name="Ha1">MD5 of <c>username:realm:password</c>, 32 lower-case hex digits.</param>
/// <param name="Ha1b">MD5 of <c>username@domain:realm:password</c>, 32 lower-case hex digits.</param>
/// <param name="Issued">False while the digests are random ones that nobody knows a password for.</param>
public sealed record AccountCredentials(string Ha1, string Ha1b, bool Issued)
{
    /// <summary>Records print their members, and a digest must never reach a log.</summary>
    public override string ToString() => "digests";
}
