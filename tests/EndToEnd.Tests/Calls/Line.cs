using Neolia.EndToEnd.Tests.Http;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>An account with its credentials, and the unit that it hangs under.</summary>
internal sealed class Line(SipAccount account, Guid unit, string password)
{
    public SipAccount Account { get; } = account;

    public Guid Unit { get; } = unit;

    public string Password { get; } = password;

    public string Username => Account.Username;
}
