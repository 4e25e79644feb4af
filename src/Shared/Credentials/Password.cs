using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Neolia.Functions.Subjects;
using Neolia.Functions.Wording;

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
    public static Sentence? Objection(string password, SipName name)
    {
        if (!Typeable().IsMatch(password))
        {
            return new Sentence(
                $"The password must have {MinGivenLength} to 128 characters out of a-z, A-Z, 0-9 and . _ ~ ! * + = - so that it can be typed on a panel.",
                $"Le mot de passe doit avoir de {MinGivenLength} à 128 caractères parmi a-z, A-Z, 0-9 et . _ ~ ! * + = - pour pouvoir être saisi sur une platine.");
        }

        if (password.Distinct().Count() < 8)
        {
            return new Sentence(
                "The password repeats itself too much: use at least 8 different characters, or leave it out to have one made.",
                "Le mot de passe se répète trop : utilisez au moins 8 caractères différents, ou n'en donnez pas pour qu'il soit créé.");
        }

        if (password.Contains(name.Username, StringComparison.OrdinalIgnoreCase))
            return new Sentence("The password must not contain the user name.", "Le mot de passe ne doit pas contenir le nom d'utilisateur.");
        return null;
    }

    [GeneratedRegex(@"^[A-Za-z0-9._~!*+=-]{12,128}\z")]
    private static partial Regex Typeable();
}
