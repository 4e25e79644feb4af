using System.Globalization;
using Neolia.Chaos.Arenas;

namespace Neolia.Chaos.Devices;

/// <summary>
/// Devices that register all the time, as Kamailio does it for them: look at the digest, save the contact, look again and
/// take that contact back if the digest is another one by now. Each contact carries the digest that let it in.
/// </summary>
internal sealed class DeviceLoop(Arena arena, int seed)
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly Random _random = new(Seeds.Of(seed, "devices"));
    private readonly List<string> _unconfirmed = [];
    private int _registered;
    private long _contact;

    public int Registered => _registered;

    public async Task RunAsync(CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await RegisterSomeAsync();
            }
            catch (Exception exception) when (Database.IsFault(exception))
            {
                // Kamailio refuses while its database is away.
            }

            await Task.Delay(Pace, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // What was saved without the second look must not be taken for forgotten.
        await Database.PatientlyAsync(TakeBackAsync, CancellationToken.None);
    }

    private async Task RegisterSomeAsync()
    {
        await TakeBackAsync();
        var known = await arena.Kamailio.ReadAsync(
            """
            select s.username, s.domain, s.ha1 from subscriber s
            where s.domain = ? and s.username not like 'guest-%'
              and (select count(*) from location l where l.username = s.username and l.domain = s.domain) < 2
            order by rand(?) limit ?
            """,
            row => (Username: row.GetString(0), Domain: row.GetString(1), Ha1: row.GetString(2)), CancellationToken.None, Arena.Domain, _random.Next(), AtOnce);
        foreach (var (username, domain, ha1) in known)
        {
            var ruid = string.Create(CultureInfo.InvariantCulture, $"chaos-{++_contact}");
            _unconfirmed.Add(ruid);
            await arena.Kamailio.ExecuteAsync(
                "insert into location (ruid, username, domain, contact, expires, user_agent) values (?, ?, ?, ?, now() + interval 1 hour, ?)",
                CancellationToken.None, ruid, username, domain, $"sip:{username}@127.0.0.1:5060", ha1);
            _registered++;
        }

        await TakeBackAsync();
    }

    private async Task TakeBackAsync()
    {
        foreach (var ruid in _unconfirmed)
        {
            var stays = await arena.Kamailio.ReadOneAsync<long>(
                """
                select count(*) from location l
                join subscriber s on s.username = l.username and s.domain = l.domain and s.ha1 = l.user_agent where l.ruid = ?
                """,
                CancellationToken.None, ruid);
            if (stays == 0)
                await arena.Kamailio.ExecuteAsync("delete from location where ruid = ?", CancellationToken.None, ruid);
        }

        _unconfirmed.Clear();
    }
}
