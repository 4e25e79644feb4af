using Neolia.Functions.Reading;
using Neolia.Functions.Subjects;
using Neolia.ProtocolModel.Databases;

namespace Neolia.ProtocolModel.Checking;

/// <summary>
/// The reference: what must hold after every commit, whatever anybody did in which order. It knows nothing of how the
/// drain works, only what was committed in Supabase under which version.
/// </summary>
internal sealed class Laws(SupabaseModel supabase, KamailioModel kamailio, Func<long, bool> isUnchecked)
{
    private readonly Dictionary<(Guid Account, long Version), AccountState?> _history = [];
    private readonly Dictionary<Guid, AccountState?> _committed = [];
    private Dictionary<Guid, QueueRow> _queue = [];
    private Dictionary<Guid, long> _greatest = [];
    private Dictionary<Guid, long> _fences = [];
    private readonly Dictionary<SipName, SubscriberRowOfGuest> _guests = [];

    /// <summary>A database went back to a backup: from then on only what holds across that is asked for.</summary>
    public bool IsRestored { get; private set; }

    public void Restored()
    {
        IsRestored = true;
        _queue = supabase.Queue.Committed.ToDictionary();
        AfterGuestsChanged();
    }

    /// <summary>The operator has changed them by hand.</summary>
    public void AfterGuestsChanged()
    {
        _guests.Clear();
        foreach (var (name, row) in kamailio.Subscribers.Committed.Where(s => s.Value.Password != ""))
            _guests[name] = new(row.Id, row.Ha1);
    }

    public void AfterSupabaseCommit()
    {
        var before = _queue;
        _queue = supabase.Queue.Committed.ToDictionary();
        foreach (var (id, row) in _queue.Where(q => before.GetValueOrDefault(q.Key)?.Version != q.Value.Version))
        {
            if (!IsRestored)
                Require(row.Version > _greatest.GetValueOrDefault(id), "P1", $"the versions of {Short(id)} grow in commit order, but {row.Version} came after {_greatest.GetValueOrDefault(id)}");
            _greatest[id] = row.Version;
            _history[(id, row.Version)] = supabase.StateOf(id);
        }

        foreach (var id in supabase.Accounts.Committed.Keys.Union(_committed.Keys).ToList())
        {
            var state = supabase.StateOf(id);
            if (!IsRestored && !Equals(state, _committed.GetValueOrDefault(id)))
                Require(_queue.TryGetValue(id, out var row) && row.Version != before.GetValueOrDefault(id)?.Version, "I4", $"a change of {Short(id)} is in the queue under a new version");
            _committed[id] = state;
        }

        foreach (var (id, row) in _queue.Where(q => q.Value.NextAttemptAt == DateTime.MaxValue && before.GetValueOrDefault(q.Key)?.NextAttemptAt < DateTime.MaxValue && !IsRestored))
            Require(kamailio.Fences.Find(id)?.Version == row.Version, "P3", $"{Short(id)} was parked at {row.Version}, but Kamailio has seen {kamailio.Fences.Find(id)?.Version}");
        foreach (var (id, row) in before.Where(q => !_queue.ContainsKey(q.Key)))
            AfterAcknowledge(id, row.Version);
    }

    public void AfterKamailioCommit()
    {
        foreach (var (name, guest) in _guests)
            Require(kamailio.Subscribers.Find(name) is { } row && new SubscriberRowOfGuest(row.Id, row.Ha1) == guest, "I3", $"the guest {name} stays as it is");
        if (IsRestored)
            return;

        foreach (var (id, fence) in kamailio.Fences.Committed)
        {
            Require(fence.Version >= _fences.GetValueOrDefault(id), "I2", $"the fence of {Short(id)} only grows, but went from {_fences.GetValueOrDefault(id)} to {fence.Version}");
            Require(fence.Version == 0 || Applied(id) is null == fence.Deleted, "P4", $"the fence of {Short(id)} says whether it was there at version {fence.Version}");
        }

        _fences = kamailio.Fences.Committed.ToDictionary(f => f.Key, f => f.Value.Version);
        foreach (var (name, identity) in kamailio.Identities.Committed)
            CheckName(name, identity.Owner, kamailio.Subscribers.Find(name)?.Ha1);
        foreach (var (name, row) in kamailio.Subscribers.Committed.Where(s => s.Value.Password == ""))
            Require(kamailio.Identities.Find(name)?.Owner is not null, "M1", $"the subscriber {name} ({row.Ha1}) has an owner");
    }

    /// <summary>Somebody was told that nothing is due: not while something was, all the time.</summary>
    public void AfterNothingWasDue(Dictionary<Guid, long> waiting)
    {
        foreach (var (id, place) in waiting)
            Require(supabase.Queue.Find(id)?.Place != place || supabase.Queue.OwnerOf(id) is not null, "I4", $"{Short(id)} was due when a worker found nothing due");
    }

    /// <summary>The last: changes have stopped, both servers answer, and the queue was worked off.</summary>
    public void AtTheEnd()
    {
        foreach (var (id, row) in supabase.Queue.Committed)
        {
            Require(row.NextAttemptAt == DateTime.MaxValue, "I1", $"{Short(id)} waits for nothing");
            Require(supabase.States.Find(id)?.ErrorCode == "name_in_use" && kamailio.Subscribers.Find(supabase.Accounts.Find(id)!.Name)?.Password != "", "I1", $"{Short(id)} fails because a guest has its name");
        }

        var desired = supabase.Accounts.Committed.Where(a => a.Value.Enabled && !supabase.Queue.Committed.ContainsKey(a.Key))
            .ToDictionary(a => a.Value.Name, a => supabase.StateOf(a.Key)!.Credentials!.Ha1);
        var held = kamailio.Subscribers.Committed.Where(s => s.Value.Password == "").ToDictionary(s => s.Key, s => s.Value.Ha1);
        foreach (var name in desired.Keys.Union(held.Keys))
            Require(desired.GetValueOrDefault(name) == held.GetValueOrDefault(name), "I1", $"{name} is '{desired.GetValueOrDefault(name)}' in Supabase and '{held.GetValueOrDefault(name)}' in Kamailio");
        foreach (var (id, account) in supabase.Accounts.Committed.Where(a => !supabase.Queue.Committed.ContainsKey(a.Key)))
            Require(supabase.States.Find(id)?.State == (account.Enabled ? "synced" : "disabled"), "I1", $"{Short(id)} is shown as it is, not as {supabase.States.Find(id)?.State}");
        foreach (var (id, contact) in kamailio.Contacts.Committed.Where(c => _history.Keys.Any(h => WasOf(h.Account, c.Value))))
            Require(kamailio.Subscribers.Find(contact.Name)?.Ha1 == contact.Ha1, "I7", $"contact {id} of {contact.Name} ({contact.Ha1}) could register now");
    }

    /// <summary>A row left the queue: it was finished at this version.</summary>
    private void AfterAcknowledge(Guid id, long version)
    {
        var fence = kamailio.Fences.Find(id)?.Version ?? 0;
        Require(fence <= version, "M2", $"{Short(id)} was acknowledged at {version}, but Kamailio has seen {fence}");
        if (IsRestored)
            return;
        Require(fence == version, "I4", $"{Short(id)} was acknowledged at {version}, but Kamailio has seen {fence}");
        foreach (var (contact, row) in kamailio.Contacts.Committed.Where(c => WasOf(id, c.Value) && !isUnchecked(c.Key)))
            Require(kamailio.Subscribers.Find(row.Name)?.Ha1 == row.Ha1, "I7", $"{Short(id)} was acknowledged, but contact {contact} ({row.Ha1}) is still there");
        foreach (var (account, name) in kamailio.Kicks.Committed.Keys.Where(k => k.Account == id))
            Require(false, "M4", $"{Short(account)} was acknowledged, but {name} is still to be kicked");
    }

    private void CheckName(SipName name, Guid? owner, string? ha1)
    {
        if (owner is not { } id)
            return;
        var applied = Applied(id);
        Require(applied is { Enabled: true } && applied.Name == name, "M1", $"{name} is owned by {Short(id)}, which had it at the version of its fence");
        Require(ha1 == applied!.Credentials?.Ha1, "I2", $"{name} has the digests that {Short(id)} had at the version of its fence: '{applied.Credentials?.Ha1}', not '{ha1}'");
    }

    private AccountState? Applied(Guid id)
    {
        var version = kamailio.Fences.Find(id)!.Version;
        Require(_history.TryGetValue((id, version), out var state), "I2", $"version {version} of {Short(id)} was committed in Supabase before it was applied");
        return state;
    }

    private bool WasOf(Guid id, ContactRow contact) =>
        _history.Any(h => h.Key.Account == id && h.Value?.Credentials?.Ha1 == contact.Ha1);

    private static string Short(Guid id) => $"account {id.ToString()[7]}.{id.ToString()[^1]}";

    private static void Require(bool holds, string rule, string what)
    {
        if (!holds)
            throw new BrokenLawException(rule, what);
    }

    private sealed record SubscriberRowOfGuest(long Id, string Ha1);
}

/// <summary>What was found: the rule, and what it says that does not hold.</summary>
public sealed class BrokenLawException(string rule, string what) : Exception($"{rule}: {what}")
{
    public string Rule => rule;
}
