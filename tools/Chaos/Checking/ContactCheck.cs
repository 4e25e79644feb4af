using Neolia.Chaos.Recording;

namespace Neolia.Chaos.Checking;

/// <summary>
/// Invariant I7 from the history: a contact that was there when its digest went must be gone when its account is
/// acknowledged next. One that came in between is taken back by Kamailio's second look, which is not the sync's business.
/// </summary>
internal sealed class ContactCheck(Violations violations, HistoryCheck history)
{
    private readonly Dictionary<string, Contact> _contacts = [];

    /// <summary>Contacts that had to go, and did.</summary>
    public long Kicked { get; private set; }

    public void Check(Recording.Recording recording)
    {
        var acknowledged = recording.Finished.Where(f => f.IsAccount).ToLookup(f => f.Subject, f => f.At);
        var gone = new Dictionary<(string Name, string Digest), DateTime>();
        var all = new List<Contact>(_contacts.Values);
        foreach (var seen in recording.Seen)
        {
            if (seen is { Kind: 'C', Op: 'I' })
                all.Add(_contacts[seen.Subject] = new Contact(seen.Subject, seen.A!, seen.B!, seen.At));
            else if (seen is { Kind: 'C', Op: 'D' } && _contacts.Remove(seen.Subject, out var contact))
                contact.RemovedAt = seen.At;
            else if (seen is { Kind: 'S', Op: 'U' or 'D', D: not null } && seen.A != seen.D)
                gone.TryAdd((seen.E ?? seen.Subject, seen.D), seen.At);
        }

        foreach (var contact in all)
        {
            if (!gone.TryGetValue((contact.Name, contact.Digest), out var since) || contact.At > since || history.OwnerOf(contact.Digest) is not { } owner)
                continue;
            var said = acknowledged[owner].Where(at => at > since).DefaultIfEmpty(DateTime.MaxValue).Min();
            if (contact.RemovedAt is { } removed && removed < said)
                Kicked++;
            else if (said < DateTime.MaxValue)
                violations.Add(ViolationKind.ContactLeft, $"contact {contact.Id} of {contact.Name} was there when {owner} was acknowledged, though its digest had gone before");
        }
    }

    public void Forget() => _contacts.Clear();

    private sealed record Contact(string Id, string Name, string Digest, DateTime At)
    {
        public DateTime? RemovedAt { get; set; }
    }
}
