namespace Neolia.Functions.TakingOver;

/// <summary>What <see cref="SecureSubscribers"/> did, or would do; counts are rows of <c>subscriber</c>.</summary>
public sealed class SecuringReport
{
    public bool DryRun { get; init; }

    /// <summary>Rows whose digests were made of their plaintext password.</summary>
    public int DigestsMade { get; set; }

    /// <summary>Rows without whole digests that got random ones.</summary>
    public int RowsClosed { get; set; }

    public IReadOnlyList<DoubledName> Doubled { get; set; } = [];

    public UniqueKey UniqueKey { get; set; }

    /// <summary>Names that this project's kamailio.cfg refuses, because they are not in lower case or have other characters.</summary>
    public IReadOnlyList<string> NamesRefused { get; set; } = [];

    /// <summary>Null in a dry run, which asks nothing of Kamailio.</summary>
    public EmptyPasswordVerdict? EmptyPassword { get; set; }

    public int PasswordsBlanked { get; set; }

    public int PasswordsLeft { get; set; }

    /// <summary>What the operator should do next, a sentence each; none when all is well.</summary>
    public IEnumerable<string> Attention
    {
        get
        {
            foreach (var doubled in Doubled)
                yield return $"The name '{doubled.Name}' stands {doubled.Count} times in subscriber (ids {doubled.Ids}): keep one of them, written in lower case.";
            if (UniqueKey == UniqueKey.Doubled)
                yield return "The unique key on (username, domain) is missing. Run this again when no name stands twice any more.";
            if (UniqueKey == UniqueKey.NeedsAdministrator)
                yield return $"The unique key on (username, domain) is missing, and this database user may not add it. Run this again with --admin-user, or as an administrator: {SubscriberNames.AddUniqueKey};";
            if (UniqueKey == UniqueKey.Busy)
                yield return "The unique key on (username, domain) could not be added, because somebody works on the table. Run this again.";
            if (UniqueKey == UniqueKey.Missing)
                yield return $"The unique key on (username, domain) is missing; it would be added: {SubscriberNames.AddUniqueKey};";
            foreach (var name in NamesRefused)
                yield return $"The name '{name}' is not one that kamailio.cfg lets register: 1 to 64 of a-z, 0-9, '.', '_' and '-'.";
            if (EmptyPassword is { } verdict and not EmptyPasswordVerdict.Refused)
                yield return PasswordsLeft > 0 ? $"{verdict.Explain()} {PasswordsLeft} plaintext passwords stay until then." : verdict.Explain();
            else if (DryRun && PasswordsLeft > 0)
                yield return $"{PasswordsLeft} plaintext passwords would be blanked, if Kamailio refuses an empty password (a dry run doesn't try).";
            else if (PasswordsLeft > 0)
                yield return $"{PasswordsLeft} plaintext passwords are left, because their rows changed meanwhile. Run this again.";
            if (DryRun && DigestsMade + RowsClosed > 0)
                yield return "Nothing was changed: this was a dry run.";
        }
    }
}
