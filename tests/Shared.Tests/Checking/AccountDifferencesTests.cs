using Neolia.Functions.Checking;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Tests.Checking;

/// <summary>What the operator is told of an account whose two sides differ.</summary>
public sealed class AccountDifferencesTests
{
    private static readonly Guid Id = Guid.NewGuid();
    private static readonly Guid Unit = Guid.NewGuid();
    private static readonly AccountDigests Digests = new("a", "b");
    private static readonly AccountFence Fence = new(7, Unit, "panel", "77", Deleted: false);

    private static readonly SupabaseAccount Desired = new(
        Id, new SipName("hall", "sip.neolia.app"), "panel", "77", Enabled: true, Unit, "Les Pins / A / 401", HasCredentials: true, Digests,
        new ShownRegistration(Registered: true, Last: null), new ShownSync("synced", ErrorCode: null, LastError: null, SyncedAt: null), Waiting: null, UnitError: null);

    private static readonly KamailioAccount Held = new(Owner: Id, Digests, Fence, Contacts: 1, KickPending: false);

    [Fact]
    public void Equal_sides_differ_in_nothing()
    {
        Assert.Empty(AccountDifferences.Of(Desired, Held));
        Assert.Empty(AccountDifferences.Notes(Desired, Held));
        Assert.Empty(AccountDifferences.Of(Desired with { Enabled = false }, Held with { Subscriber = null }));
    }

    [Fact]
    public void Each_difference_is_told_by_itself()
    {
        AssertDiffers("has no subscriber", Desired, Held with { Subscriber = null });
        AssertDiffers("belongs to another account", Desired, Held with { Owner = Guid.NewGuid() });
        AssertDiffers("was not made here", Desired, Held with { Owner = null });
        AssertDiffers("The account is disabled", Desired with { Enabled = false }, Held);
        AssertDiffers("The digests differ", Desired, Held with { Subscriber = new AccountDigests("a", "c") });
        AssertDiffers("never heard", Desired, Held with { Fence = null });
        AssertDiffers("takes it for deleted", Desired, Held with { Fence = Fence with { Deleted = true } });
        AssertDiffers("another flat", Desired, Held with { Fence = Fence with { UnitId = Guid.NewGuid() } });
        AssertDiffers("'78' in Kamailio's database and '77'", Desired, Held with { Fence = Fence with { Extension = "78" } });
        AssertDiffers("a mobile in Kamailio's database and a panel", Desired, Held with { Fence = Fence with { Type = "mobile" } });
        AssertDiffers("still to be deleted", Desired, Held with { KickPending = true });
    }

    [Fact]
    public void Why_they_differ_comes_with_what_to_do()
    {
        var waiting = new WaitingChange(DateTime.UnixEpoch, Attempts: 3, Final: false, LastError: null);

        Assert.Contains("run drain", AccountDifferences.Why(Desired with { Waiting = waiting }, Held), StringComparison.Ordinal);
        Assert.Contains("(3 attempts) and is tried again: Busy.", AccountDifferences.Why(Desired with { Waiting = waiting with { LastError = "Busy." } }, Held), StringComparison.Ordinal);
        Assert.Contains("as it is: Taken.", AccountDifferences.Why(Desired with { Waiting = waiting with { LastError = "Taken.", Final = true } }, Held), StringComparison.Ordinal);
        Assert.Contains("changed by hand", AccountDifferences.Why(Desired, Held with { Subscriber = null }), StringComparison.Ordinal);
        Assert.Contains("Somebody else has the name", AccountDifferences.Why(Desired, Held with { Owner = null }), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_difference_is_noted()
    {
        Assert.Contains("no credentials", Assert.Single(AccountDifferences.Notes(Desired with { HasCredentials = false }, Held)), StringComparison.Ordinal);
        Assert.Contains("not synced: Bad rule.", Assert.Single(AccountDifferences.Notes(Desired with { UnitError = "Bad rule." }, Held)), StringComparison.Ordinal);
        Assert.Contains("shown wrongly", Assert.Single(AccountDifferences.Notes(Desired, Held with { Contacts = 0 })), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_account_in_Supabase_it_says_whose_the_subscriber_is()
    {
        AssertDiffers("not made here", null, Held with { Owner = null });
        AssertDiffers("no account of it any more", null, Held);
        Assert.Contains("adopt", AccountDifferences.Why(null, Held with { Owner = null }), StringComparison.Ordinal);
        Assert.Contains("run drain", AccountDifferences.Why(null, Held), StringComparison.Ordinal);
        Assert.Empty(AccountDifferences.Of(null, Held with { Owner = null, Subscriber = null }));
    }

    private static void AssertDiffers(string expected, SupabaseAccount? desired, KamailioAccount held) =>
        Assert.Contains(expected, Assert.Single(AccountDifferences.Of(desired, held)), StringComparison.Ordinal);
}
