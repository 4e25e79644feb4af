namespace Neolia.Functions.Checking;

/// <summary>What differs between the two sides of an account, in words for the operator.</summary>
public static class AccountDifferences
{
    public static IEnumerable<string> Of(SupabaseAccount? desired, KamailioAccount held) =>
        desired is null ? OfMissing(held) : [.. OfSubscriber(desired, held), .. OfFence(desired, held.Fence), .. OfKick(held)];

    /// <summary>Why they differ, and what to do.</summary>
    public static string Why(SupabaseAccount? desired, KamailioAccount held) => desired switch
    {
        null => held.Owner is null
            ? "The sync never touches a subscriber that it didn't make; adopt hands it over to an account of the same name."
            : "The account is deleted and that is not applied yet: run drain, and reconcile if it stays.",
        { Waiting: { Final: true, LastError: { } error } } => $"It can't be applied as it is: {error}",
        { Waiting: { LastError: { } error, Attempts: var attempts } } => $"It could not be applied yet ({attempts} attempts) and is tried again: {error}",
        { Waiting: not null } => "Its change waits to be applied: run drain.",
        _ when held.Subscriber is not null && held.Owner != desired.Id => "Somebody else has the name; reconcile marks the account, and its state then says what to do.",
        _ => "Nothing waits, so Kamailio's database was changed by hand, or a backup of either database was restored: run reconcile.",
    };

    /// <summary>What is no difference, and good to know.</summary>
    public static IEnumerable<string> Notes(SupabaseAccount desired, KamailioAccount held)
    {
        if (!desired.HasCredentials)
            yield return "It has no credentials, so that no device can register with it: issue some.";
        if (desired.UnitError is { } error)
            yield return $"Its flat is not synced: {error}";
        if (desired.Registration.Registered != held.Contacts > 0)
            yield return "Whether its device is registered is shown wrongly; the timer puts that right within half a minute.";
    }

    private static IEnumerable<string> OfMissing(KamailioAccount held)
    {
        if (held.Subscriber is not null && held.Owner is null)
            yield return "Kamailio has a subscriber of this name that was not made here, and Supabase has no account of it.";
        else if (held.Subscriber is not null)
            yield return "Kamailio has a subscriber of this name, and Supabase has no account of it any more.";
    }

    private static IEnumerable<string> OfSubscriber(SupabaseAccount desired, KamailioAccount held)
    {
        if (held.Subscriber is null)
        {
            if (desired.Enabled)
                yield return "The account is enabled, and Kamailio has no subscriber of its name.";
        }
        else if (held.Owner != desired.Id)
        {
            yield return held.Owner is { } other
                ? $"Kamailio's subscriber of this name belongs to another account, {other}."
                : "Kamailio's subscriber of this name was not made here.";
        }
        else if (!desired.Enabled)
        {
            yield return "The account is disabled, and Kamailio has its subscriber.";
        }
        else if (held.Subscriber != desired.Digests)
        {
            yield return "The digests differ: Kamailio takes another password than the one that was issued last.";
        }
    }

    private static IEnumerable<string> OfFence(SupabaseAccount desired, AccountFence? held)
    {
        if (held is null)
        {
            yield return "Kamailio's database has never heard of this account.";
            yield break;
        }

        if (held.Deleted)
            yield return "Kamailio's database takes it for deleted.";
        if (held.UnitId != desired.UnitId)
            yield return "Kamailio's database has it in another flat.";
        if (held.Extension != desired.Extension)
            yield return $"The extension is '{held.Extension}' in Kamailio's database and '{desired.Extension}' in Supabase.";
        if (held.Type != desired.Type)
            yield return $"It is a {held.Type} in Kamailio's database and a {desired.Type} in Supabase.";
    }

    private static IEnumerable<string> OfKick(KamailioAccount held)
    {
        if (held.KickPending)
            yield return "Its contacts are still to be deleted.";
    }
}
