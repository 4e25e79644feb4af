using System.Globalization;
using System.Text.Json;
using Neolia.Functions.Checking;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Verbs;

internal sealed class AccountAnswer(SipName name, SupabaseAccount? desired, KamailioAccount held) : IVerbAnswer
{
    private readonly string[] _differences = [.. AccountDifferences.Of(desired, held)];
    private readonly string[] _notes = desired is null ? [] : [.. AccountDifferences.Notes(desired, held)];

    public bool NeedsAttention => IsUnknown || _differences.Length > 0;

    private bool IsUnknown => desired is null && held.Subscriber is null;

    private string? Why => _differences.Length > 0 ? AccountDifferences.Why(desired, held) : null;

    public IEnumerable<string> Lines =>
    [
        $"{name}",
        .. desired is null ? ["in Supabase:  no account"] : OfSupabase(desired),
        $"in Kamailio:  {(held.Subscriber is null ? "no subscriber" : $"subscriber of {held.Owner?.ToString() ?? "nobody here"}")}, {held.Contacts} registered, {(held.Fence is { } fence ? $"version {fence.Version}" : "never applied")}",
        .. _differences.Select(difference => $"! {difference}"),
        .. Why is { } why ? [$"why:          {why}"] : Array.Empty<string>(),
        .. _notes.Select(note => $"- {note}"),
        .. IsUnknown ? ["! There is no such account on either side."] : Array.Empty<string>(),
        .. NeedsAttention ? Array.Empty<string>() : ["Both sides agree."],
    ];

    public string ToJson() => JsonSerializer.Serialize(
        new AccountJson(
            !NeedsAttention, name.ToString(),
            desired is null ? null : new SupabaseAccountJson(
                desired.Id, desired.Type, desired.Extension, desired.Enabled, desired.Place, desired.Registration.Registered, desired.Registration.Last,
                desired.Sync.State, desired.Sync.ErrorCode, desired.Sync.LastError, desired.Sync.SyncedAt, desired.HasCredentials, desired.Waiting is not null),
            new KamailioAccountJson(
                held.Subscriber is not null, held.Owner, held.Contacts, held.Fence?.Version, held.Fence?.Type, held.Fence?.Extension, held.Fence?.Deleted ?? false),
            _differences, Why, _notes),
        VerbJson.Default.AccountJson);

    private static IEnumerable<string> OfSupabase(SupabaseAccount account) =>
    [
        $"in Supabase:  {account.Id}, {(account.Enabled ? "enabled" : "disabled")} {account.Type} of {account.Place}{(account.Extension is { } extension ? $", extension {extension}" : "")}",
        $"sync:         {account.Sync.State}{At(", last", account.Sync.SyncedAt)}{(account.Sync.LastError is { } error ? $": {error}" : "")}",
        $"registered:   {(account.Registration.Registered ? "yes" : "no")}{At(", last", account.Registration.Last)}",
    ];

    private static string At(string before, DateTime? time) => time is { } at ? string.Create(CultureInfo.InvariantCulture, $"{before} {at:u}") : "";
}

internal sealed record AccountJson(
    bool Success, string Name, SupabaseAccountJson? Supabase, KamailioAccountJson Kamailio, IReadOnlyList<string> Differences, string? Why, IReadOnlyList<string> Notes);

internal sealed record SupabaseAccountJson(
    Guid Id, string Type, string? Extension, bool Enabled, string Place, bool Registered, DateTime? LastRegistration,
    string State, string? ErrorCode, string? LastError, DateTime? SyncedAt, bool HasCredentials, bool ChangeWaits);

/// <param name="Owner">The account that owns the name; null: nobody.</param>
/// <param name="Version">Null: never applied.</param>
internal sealed record KamailioAccountJson(bool Subscriber, Guid? Owner, long RegisteredDevices, long? Version, string? Type, string? Extension, bool Deleted);
