using System.Globalization;
using System.Text.Json;
using Neolia.Functions.Checking;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Verbs;

internal sealed class AccountAnswer(SipName name, AccountSide<SupabaseAccount> supabase, AccountSide<KamailioAccount> kamailio) : IVerbAnswer
{
    // Of a side that can't be read nobody knows whether it differs.
    private readonly string[] _differences =
        supabase.Fault is null && kamailio.Found is { } held ? [.. AccountDifferences.Of(supabase.Found, held)] : [];

    private readonly string[] _notes =
        supabase.Found is { } desired && kamailio.Found is { } held ? [.. AccountDifferences.Notes(desired, held)] : [];

    public bool NeedsAttention => supabase.Fault is not null || kamailio.Fault is not null || IsUnknown || _differences.Length > 0;

    private bool IsUnknown => supabase is { Fault: null, Found: null } && kamailio is { Found.Subscriber: null };

    private string? Why => _differences.Length > 0 ? AccountDifferences.Why(supabase.Found, kamailio.Found!) : null;

    public IEnumerable<string> Lines =>
    [
        $"{name}",
        .. OfSupabase(supabase),
        $"in Kamailio:  {OfKamailio(kamailio)}",
        .. _differences.Select(difference => $"! {difference}"),
        .. Why is { } why ? [$"why:          {why}"] : Array.Empty<string>(),
        .. _notes.Select(note => $"- {note}"),
        .. IsUnknown ? ["! There is no such account on either side."] : Array.Empty<string>(),
        .. NeedsAttention ? Array.Empty<string>() : ["Both sides agree."],
    ];

    public string ToJson() => JsonSerializer.Serialize(
        new AccountJson(
            !NeedsAttention, name.ToString(),
            supabase.Found is not { } desired ? null : new SupabaseAccountJson(
                desired.Id, desired.Type, desired.Extension, desired.Enabled, desired.Place, desired.Registration.Registered, desired.Registration.Last,
                desired.Sync.State, desired.Sync.ErrorCode, desired.Sync.LastError, desired.Sync.SyncedAt, desired.HasCredentials, desired.Waiting is not null),
            supabase.Fault,
            kamailio.Found is not { } held ? null : new KamailioAccountJson(
                held.Subscriber is not null, held.Owner, held.Contacts, held.Fence?.Version, held.Fence?.Type, held.Fence?.Extension, held.Fence?.Deleted ?? false),
            kamailio.Fault,
            _differences, Why, _notes),
        VerbJson.Default.AccountJson);

    private static string OfKamailio(AccountSide<KamailioAccount> side) => side.Found is not { } held
        ? $"can't be read. {side.Fault}"
        : $"{(held.Subscriber is null ? "no subscriber" : $"subscriber of {held.Owner?.ToString() ?? "nobody here"}")}, {held.Contacts} registered, {(held.Fence is { } fence ? $"version {fence.Version}" : "never applied")}";

    private static IEnumerable<string> OfSupabase(AccountSide<SupabaseAccount> side) => side switch
    {
        { Fault: { } fault } => [$"in Supabase:  can't be read. {fault}"],
        { Found: { } account } => OfSupabase(account),
        _ => ["in Supabase:  no account"],
    };

    private static IEnumerable<string> OfSupabase(SupabaseAccount account) =>
    [
        $"in Supabase:  {account.Id}, {(account.Enabled ? "enabled" : "disabled")} {account.Type} of {account.Place}{(account.Extension is { } extension ? $", extension {extension}" : "")}",
        $"sync:         {account.Sync.State}{At(", last", account.Sync.SyncedAt)}{(account.Sync.LastError is { } error ? $": {error}" : "")}",
        $"registered:   {(account.Registration.Registered ? "yes" : "no")}{At(", last", account.Registration.Last)}",
    ];

    private static string At(string before, DateTime? time) => time is { } at ? string.Create(CultureInfo.InvariantCulture, $"{before} {at:u}") : "";
}

/// <param name="SupabaseError">Why Supabase's database could not be read; then nothing is known of that side.</param>
/// <param name="KamailioError">The same of Kamailio's.</param>
internal sealed record AccountJson(
    bool Success, string Name, SupabaseAccountJson? Supabase, string? SupabaseError, KamailioAccountJson? Kamailio, string? KamailioError,
    IReadOnlyList<string> Differences, string? Why, IReadOnlyList<string> Notes);

internal sealed record SupabaseAccountJson(
    Guid Id, string Type, string? Extension, bool Enabled, string Place, bool Registered, DateTime? LastRegistration,
    string State, string? ErrorCode, string? LastError, DateTime? SyncedAt, bool HasCredentials, bool ChangeWaits);

/// <param name="Owner">The account that owns the name; null: nobody.</param>
/// <param name="Version">Null: never applied.</param>
internal sealed record KamailioAccountJson(bool Subscriber, Guid? Owner, long RegisteredDevices, long? Version, string? Type, string? Extension, bool Deleted);
