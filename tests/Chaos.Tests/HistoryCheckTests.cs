using Neolia.Chaos.Checking;
using Neolia.Chaos.Recording;

namespace Neolia.Chaos.Tests;

/// <summary>The check over the history, on histories made by hand: what it must find, and what it must not.</summary>
public sealed class HistoryCheckTests
{
    private static readonly Guid Account = Guid.Parse("11111111-1111-1111-1111-111111111111");
    private static readonly DateTime Start = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly string Old = new('a', 32);
    private static readonly string New = new('b', 32);

    private readonly Violations _violations = new();
    private readonly List<Seen> _seen = [];

    [Fact]
    public void Changes_applied_in_order_and_acknowledged_afterwards_are_right()
    {
        Fence(5);
        Subscriber('I', Old, null);
        Fence(7);
        Subscriber('U', New, Old);

        Check(new Finished(true, Account, 7, Start.AddSeconds(10)));

        Assert.Equal(0, _violations.Total);
    }

    [Fact]
    public void An_older_version_over_a_newer_one_is_found()
    {
        Fence(7);
        Subscriber('I', New, null);
        Fence(5);
        Subscriber('U', Old, New);

        Check();

        Assert.True(_violations.Count(ViolationKind.Resurrected) > 0);
    }

    [Fact]
    public void An_older_state_under_a_newer_version_is_found()
    {
        Fence(7);
        Subscriber('I', Old, null);

        Check();

        Assert.Equal(1, _violations.Count(ViolationKind.Resurrected));
    }

    [Fact]
    public void A_version_that_waited_in_the_queue_when_the_history_began_anew_is_known_and_one_that_did_not_is_found()
    {
        var history = new HistoryCheck(_violations);
        history.Begin(
            new Dictionary<Guid, long> { [Account] = 1 }, new Dictionary<Guid, AccountState?> { [Account] = null }, new Dictionary<string, Guid>(), [(Account, 3)]);

        history.Check(NothingDrawn([new Seen(1, Start, 'F', 'U', Account.ToString(), 3, null, null, null, "1", null)]));
        Assert.Equal(0, _violations.Total);

        history.Check(NothingDrawn([new Seen(2, Start, 'F', 'U', Account.ToString(), 4, null, null, null, "1", null)]));
        Assert.Equal(1, _violations.Count(ViolationKind.Resurrected));
    }

    [Fact]
    public void An_acknowledge_of_what_was_never_applied_is_found()
    {
        Fence(5);
        Subscriber('I', Old, null);

        Check(new Finished(true, Account, 7, Start.AddSeconds(10)));

        Assert.Equal(1, _violations.Count(ViolationKind.SaidTooEarly));
    }

    [Fact]
    public void A_subscriber_that_its_account_still_wants_and_somebody_removes_is_found()
    {
        Fence(5);
        Subscriber('I', Old, null);
        Subscriber('D', null, Old);

        Check();

        Assert.Equal(1, _violations.Count(ViolationKind.Lost));
    }

    [Fact]
    public void Digests_that_no_account_ever_had_are_found()
    {
        Fence(5);
        Subscriber('I', new string('c', 32), null);

        Check();

        Assert.Equal(1, _violations.Count(ViolationKind.Resurrected));
    }

    private static AccountState State(string ha1) => new("panel", "sip.example", Enabled: true, "unit", "panel", null, ha1, ha1);

    private void Fence(long version) => Add('F', 'U', Account.ToString(), version, "unit", "panel", null, "0");

    private void Subscriber(char op, string? ha1, string? before) => Add('S', op, "panel@sip.example", 1, ha1, ha1, "", before);

    private void Add(char kind, char op, string subject, long version, string? a, string? b, string? c, string? d) =>
        _seen.Add(new Seen(_seen.Count + 1, Start.AddSeconds(_seen.Count), kind, op, subject, version, a, b, c, d, null));

    private void Check(params Finished[] finished) => new HistoryCheck(_violations).Check(new Recording.Recording(
        new Dictionary<(Guid, long), AccountState?> { [(Account, 5)] = State(Old), [(Account, 7)] = State(New) },
        new Dictionary<(Guid, long), UnitState?>(), [], finished, _seen, new Dictionary<long, (string, int)>()));

    private static Recording.Recording NothingDrawn(IReadOnlyList<Seen> seen) => new(
        new Dictionary<(Guid, long), AccountState?>(), new Dictionary<(Guid, long), UnitState?>(), [], [], seen, new Dictionary<long, (string, int)>());
}
