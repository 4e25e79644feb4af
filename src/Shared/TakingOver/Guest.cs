using Neolia.Functions.Credentials;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.TakingOver;

/// <summary>A subscriber as it stands in Kamailio's table. A class, not a record: its text must not show digests.</summary>
internal sealed class Guest(long id, SipName name, Guid? owner, string? ha1, string? ha1b, Digests? ofPlaintext)
{
    public long Id { get; } = id;

    /// <summary>As it is written, in capitals perhaps.</summary>
    public SipName Name { get; } = name;

    public Guid? Owner { get; } = owner;

    /// <summary>
    /// The digests of its present password; null when it has none. What Kamailio compares with comes first; an unknown
    /// second digest becomes a random one, as everywhere.
    /// </summary>
    public Digests? Present()
    {
        if (Whole(ha1) is not { } whole)
            return ofPlaintext;
        return new Digests(whole, Whole(ha1b) ?? (ofPlaintext is { } plain && plain.Ha1 == whole ? plain.Ha1b : Digests.RandomHalf()));
    }

    /// <summary>True when a row holds just what this one was read with.</summary>
    public bool Matches(Applying.SubscriberRow row) =>
        row.Id == Id && row.Username == Name.Username && row.Domain == Name.Domain
        && row.Ha1 == (ha1 ?? "") && row.Ha1b == (ha1b ?? "")
        && (row.Password.Length == 0 ? ofPlaintext is null : ofPlaintext == Digests.Of(Name, row.Password));

    private static string? Whole(string? digest) =>
        digest is { Length: 32 } && digest.All(char.IsAsciiHexDigit) ? digest.ToLowerInvariant() : null;
}
