using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Credentials;

public static partial class Password
{
    // Without i, l, o, 0 and 1: what is read off a screen is typed on a panel. Nothing needs escaping in a URI.
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>26 of 31 characters: 128.8 bits.</summary>
    private const int Length = 26;

    private const int MinGivenLength = 12;

    public static string Generate() => RandomNumberGenerator.GetString(Alphabet, Length);

    /// <summary>Why a password that somebody chose is not accepted, as a sentence; null when it is.</summary>
    public static string? Objection(string password, SipName name)
    {
        if (!Typeable().IsMatch(password))
            return $"The password must have {MinGivenLength} to 128 characters out of a-z, A-Z, 0-9 and . _ ~ ! * + = - so that it can be typed on a panel.";
        if (password.Distinct().Count() < 8)
            return "The password repeats itself too much: use at least 8 different characters, or leave it out to have one made.";
        if (password.Contains(name.Username, StringComparison.OrdinalIgnoreCase))
            return "The password must not contain the user name.";
        return null;
    }

    [GeneratedRegex(@"^[A-Za-z0-9._~!*+=-]{12,128}\z")]
    private static partial Regex Typeable();
}
