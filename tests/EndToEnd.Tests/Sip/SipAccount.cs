namespace Neolia.EndToEnd.Tests.Sip;

/// <summary>A subscriber that a test made for itself.</summary>
public sealed class SipAccount(string username, string password)
{
    public string Username { get; } = username;

    public string Password { get; } = password;
}
