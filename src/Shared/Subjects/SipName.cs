using System.Text.RegularExpressions;

namespace Neolia.Functions.Subjects;

/// <summary>A subscriber's name, <c>username@domain</c>, compared byte by byte.</summary>
public readonly partial record struct SipName(string Username, string Domain) : IComparable<SipName>
{
    /// <summary>
    /// Only such names are synced (rule M5): Kamailio's tables compare without case and trailing blanks, Postgres with
    /// them, so that <c>Unit401</c> in Supabase would overwrite <c>unit401</c> in MySQL.
    /// </summary>
    public bool IsCanonical => CanonicalUsername().IsMatch(Username) && CanonicalDomain().IsMatch(Domain);

    /// <summary>The order of the primary key of <c>neolia_identity</c>: domain first.</summary>
    public int CompareTo(SipName other)
    {
        var byDomain = string.CompareOrdinal(Domain, other.Domain);
        return byDomain != 0 ? byDomain : string.CompareOrdinal(Username, other.Username);
    }

    public static bool operator <(SipName left, SipName right) => left.CompareTo(right) < 0;

    public static bool operator >(SipName left, SipName right) => left.CompareTo(right) > 0;

    public static bool operator <=(SipName left, SipName right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SipName left, SipName right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Username}@{Domain}";

    [GeneratedRegex(@"^[a-z0-9._-]{1,64}\z")]
    private static partial Regex CanonicalUsername();

    [GeneratedRegex(@"^[a-z0-9.-]{1,64}\z")]
    private static partial Regex CanonicalDomain();
}
