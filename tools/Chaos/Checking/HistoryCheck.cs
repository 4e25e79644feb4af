using System.Globalization;
using Neolia.Chaos.Recording;

namespace Neolia.Chaos.Checking;

/// <summary>
/// Replays every state that Kamailio could have seen, and holds each against what Supabase said at the version that was
/// claimed for it. An account's fence is locked from before it is written until the commit, so whatever stands between two
/// of its notes and carries its digest belongs to the first of them.
/// </summary>
internal sealed class HistoryCheck(Violations violations)
{
    private readonly Dictionary<Guid, long> _fences = [];
    private readonly Dictionary<Guid, AccountState?> _applied = [];
    private readonly Dictionary<string, Guid> _owners = [];
    private readonly Dictionary<(Guid, long), AccountState?> _waiting = [];
    private readonly Dictionary<string, string> _subscribers = [];
    private Dictionary<(Guid, long), DateTime> _fencedAt = [];

    /// <summary>States that were written and held against their version.</summary>
    public long Checked { get; private set; }

    public void Check(Recording.Recording recording)
    {
        foreach (var ((account, _), state) in recording.Accounts)
        {
            if (state is not null)
                _owners[state.Ha1] = account;
        }

        foreach (var back in recording.WentBack)
            violations.Add(ViolationKind.Resurrected, $"Supabase drew version {back.Version} for {back.Subject} after {back.Before}: an older state passes for the newer one");

        _fencedAt = [];
        foreach (var seen in recording.Seen)
        {
            switch (seen.Kind)
            {
                case 'F':
                    CheckFence(seen, recording);
                    break;
                case 'U':
                    CheckUnit(seen, recording);
                    break;
                case 'S':
                    CheckSubscriber(seen);
                    break;
            }
        }

        foreach (var finished in recording.Finished)
            CheckFinished(finished);
    }

    /// <summary>True where a backup can bring back what was forgotten.</summary>
    public bool KeepsDigests { get; set; }

    /// <summary>What nothing refers to any more. After everybody who asks <see cref="OwnerOf"/>.</summary>
    public void ForgetOldDigests()
    {
        if (KeepsDigests)
            return;
        var used = _subscribers.Values.Concat(_applied.Values.OfType<AccountState>().Select(state => state.Ha1)).ToHashSet();
        foreach (var digest in _owners.Keys.Where(digest => !used.Contains(digest)).ToList())
            _owners.Remove(digest);
    }

    /// <summary>The account that ever had this digest.</summary>
    public Guid? OwnerOf(string digest) => _owners.TryGetValue(digest, out var owner) ? owner : null;

    /// <summary>After a restore what was before says nothing: begins anew with what both databases hold.</summary>
    /// <param name="digests">Of the subscribers, and whose they are: some are of a past that was lost.</param>
    /// <param name="waiting">Versions of accounts in the queue, which were drawn before: they stand for what the accounts are now.</param>
    public void Begin(
        IReadOnlyDictionary<Guid, long> fences,
        IReadOnlyDictionary<Guid, AccountState?> accounts,
        IReadOnlyDictionary<string, Guid> digests,
        IReadOnlyList<(Guid Account, long Version)> waiting)
    {
        _waiting.Clear();
        foreach (var (account, version) in waiting)
            _waiting[(account, version)] = accounts.GetValueOrDefault(account);

        foreach (var (digest, account) in digests)
            _owners.TryAdd(digest, account);
        _fences.Clear();
        _applied.Clear();
        _subscribers.Clear();
        foreach (var (subject, version) in fences)
            _fences[subject] = version;
        foreach (var (account, state) in accounts)
        {
            _applied[account] = state;
            if (state is not null)
                _owners[state.Ha1] = account;
        }
    }

    private void CheckFence(Seen seen, Recording.Recording recording)
    {
        // Made to be locked, by whoever comes first.
        if (seen.Version == 0)
            return;
        Checked++;
        var account = Guid.Parse(seen.Subject);
        var before = _fences.GetValueOrDefault(account);
        if (!Advance(account, seen))
            return;
        if (!recording.Accounts.TryGetValue((account, seen.Version), out var state) && !_waiting.TryGetValue((account, seen.Version), out state))
        {
            // Drawn before the last look, and applied again since: somebody asked.
            if (before != seen.Version)
                violations.Add(ViolationKind.Resurrected, $"{account} was applied at version {seen.Version}, which nobody drew for it");
            state = _applied.GetValueOrDefault(account);
        }

        _applied[account] = state;
        if ((seen.D == "1") != state is null || (state is not null && (seen.A, seen.B, seen.C) != (state.UnitId, state.Type, state.Extension)))
            violations.Add(ViolationKind.Resurrected, $"{account} at version {seen.Version}: Kamailio's unit {seen.A}, type {seen.B}, extension {seen.C}, deleted {seen.D} are not that version's: {state}");
    }

    private void CheckUnit(Seen seen, Recording.Recording recording)
    {
        if (seen.Version == 0)
            return;
        Checked++;
        var unit = Guid.Parse(seen.Subject);
        if (Advance(unit, seen) && recording.Units.TryGetValue((unit, seen.Version), out var state)
            && (state is null ? seen.D != "1" : (seen.A, seen.B, seen.C, seen.D) != (state.SiteId, state.BuildingId, state.Number, "0")))
            violations.Add(ViolationKind.Resurrected, $"unit {unit} at version {seen.Version}: what was applied is not that version's: {state}");
    }

    private bool Advance(Guid subject, Seen seen)
    {
        var before = _fences.GetValueOrDefault(subject);
        _fencedAt.TryAdd((subject, seen.Version), seen.At);
        if (seen.Version < before)
        {
            violations.Add(ViolationKind.Resurrected, $"{subject} went back from version {before} to {seen.Version}");
            return false;
        }

        _fences[subject] = seen.Version;
        return true;
    }

    private void CheckSubscriber(Seen seen)
    {
        Checked++;
        if (seen.E is not null && seen.E != seen.Subject)
            _subscribers.Remove(seen.E);
        if (seen.Op == 'D')
        {
            CheckRemoval(seen);
            return;
        }

        if (seen.A is not { Length: 32 } ha1 || !_owners.TryGetValue(ha1, out var owner))
        {
            violations.Add(seen.Subject.StartsWith("guest-", StringComparison.Ordinal) ? ViolationKind.GuestTouched : ViolationKind.Resurrected, $"{seen.Subject} got digests that no account ever had");
            return;
        }

        _subscribers[seen.Subject] = ha1;
        if (_applied.GetValueOrDefault(owner) is not { Enabled: true } state || state.Name != seen.Subject || state.Ha1 != ha1 || state.Ha1b != seen.B)
            violations.Add(ViolationKind.Resurrected, string.Create(CultureInfo.InvariantCulture, $"{seen.Subject} got a digest of {owner}, whose version {_fences.GetValueOrDefault(owner)} says: {_applied.GetValueOrDefault(owner)}"));
    }

    /// <summary>Only an account that does not want its subscriber any more may remove it.</summary>
    private void CheckRemoval(Seen seen)
    {
        _subscribers.Remove(seen.Subject);
        if (seen.D is null || !_owners.TryGetValue(seen.D, out var owner))
            violations.Add(ViolationKind.GuestTouched, $"{seen.Subject} was removed, and belonged to no account");
        else if (_applied.GetValueOrDefault(owner) is { Enabled: true } state && state.Name == seen.Subject && state.Ha1 == seen.D)
            violations.Add(ViolationKind.Lost, $"{seen.Subject} was removed, and {owner} wants it at its version {_fences.GetValueOrDefault(owner)}");
    }

    /// <summary>Acknowledged is only what was applied, at that very version: neither before nor under a higher fence.</summary>
    private void CheckFinished(Finished finished)
    {
        if (!_fencedAt.TryGetValue((finished.Subject, finished.Version), out var at))
            violations.Add(ViolationKind.SaidTooEarly, $"{finished.Subject} was acknowledged at version {finished.Version}, which was never applied; its fence is {_fences.GetValueOrDefault(finished.Subject)}");
        else if (at > finished.At)
            violations.Add(ViolationKind.SaidTooEarly, $"{finished.Subject} was acknowledged at version {finished.Version} before it was applied");
    }
}
