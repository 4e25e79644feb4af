using Neolia.Functions.Applying;
using Neolia.Functions.Reading;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Tests.Applying;

/// <summary>What is written for an account, from what is desired and what stands in Kamailio's database.</summary>
public sealed class AccountPlanTests
{
    private static readonly Guid Me = new("00000000-0000-0000-0000-00000000000a");
    private static readonly Guid Other = new("00000000-0000-0000-0000-00000000000b");
    private static readonly SipName Name = new("panel401", "sip.neolia.app");
    private static readonly SipName OldName = new("panel400", "sip.neolia.app");
    private static readonly AccountCredentials Keys = new(new string('a', 32), new string('b', 32), Issued: true);
    private static readonly HashSet<string> Served = ["sip.neolia.app"];

    private readonly KamailioRows _rows = new();

    public AccountPlanTests()
    {
        _rows.Fences[Me] = new FenceRow(0, null, null, null, Deleted: false);
        _rows.Identities[Name] = new IdentityRow(null, 0);
    }

    [Fact]
    public void New_account_is_inserted_and_owns_its_name()
    {
        var changes = Decide(version: 5);

        Assert.Equal((Name, Keys), Assert.Single(changes.SubscribersToInsert));
        Assert.Equal(new IdentityRow(Me, 5), changes.Identities[Name]);
        Assert.Equal(5, changes.Fences[Me].Version);
        Assert.Empty(changes.Kicks);
        AssertOutcome(Outcome.Created, changes);
    }

    [Theory]
    [InlineData(4, Outcome.Unchanged)]
    [InlineData(5, Outcome.Unchanged)]
    [InlineData(6, Outcome.Superseded)]
    public void Fence_lets_through_what_is_not_older(long fence, Outcome outcome)
    {
        GivenSubscriber(Me, fence);

        var changes = Decide(version: 5);

        AssertOutcome(outcome, changes);
        Assert.Equal(outcome == Outcome.Superseded ? [] : [5L], changes.Fences.Values.Select(f => f.Version));
        AssertNoSubscriberIsTouched(changes);
    }

    [Theory]
    [InlineData(true, 4, Outcome.Created)]
    [InlineData(true, 5, Outcome.Superseded)]
    [InlineData(true, 6, Outcome.Superseded)]
    [InlineData(false, 4, Outcome.Created)]
    [InlineData(false, 5, Outcome.Superseded)]
    [InlineData(false, 6, Outcome.Superseded)]
    public void Name_is_taken_only_by_a_version_above_that_of_its_last_owner(bool owned, long version, Outcome outcome)
    {
        _rows.Identities[Name] = new IdentityRow(owned ? Other : null, version);

        var changes = Decide(version: 5);

        AssertOutcome(outcome, changes);
        Assert.Equal(outcome == Outcome.Superseded ? 0 : 1, changes.SubscribersToInsert.Count);
        if (outcome == Outcome.Superseded)
            Assert.Equal(version, changes.Results[0].Fence);
    }

    [Fact]
    public void Subscriber_of_the_former_owner_becomes_the_new_ones_and_its_contacts_go()
    {
        GivenSubscriber(Other, 0, version: 4);
        _rows.Subscribers[Name] = _rows.Subscribers[Name] with { Ha1 = new string('c', 32) };

        var changes = Decide(version: 5);

        Assert.Equal((1L, Name, Keys), Assert.Single(changes.SubscribersToUpdate));
        Assert.Equal(new IdentityRow(Me, 5), changes.Identities[Name]);
        Assert.Equal([(Me, Name), (Other, Name)], changes.Kicks.OrderBy(k => k.Account == Other));
    }

    [Fact]
    public void Contacts_of_the_former_owner_go_even_where_the_digests_are_the_same()
    {
        GivenSubscriber(Other, 0, version: 4);

        Assert.Equal([(Me, Name), (Other, Name)], Decide(version: 5).Kicks.OrderBy(k => k.Account == Other));
    }

    [Fact]
    public void Guest_is_not_touched()
    {
        _rows.Subscribers[Name] = new SubscriberRow(1, "Panel401", Name.Domain, "by hand", "", "");

        var changes = Decide(version: 5);

        AssertOutcome(Outcome.Refused, changes, "name_in_use");
        AssertNoSubscriberIsTouched(changes);
        Assert.Empty(changes.Identities);
        Assert.Equal(5, changes.Fences[Me].Version);
    }

    [Theory]
    [InlineData("ha1", true)]
    [InlineData("ha1b", true)]
    [InlineData("password", false)]
    [InlineData("case", false)]
    public void Row_that_differs_is_put_right_and_a_contact_that_other_digests_let_in_goes(string what, bool kicked)
    {
        GivenSubscriber(Me, 4);
        var row = _rows.Subscribers[Name];
        _rows.Subscribers[Name] = what switch
        {
            "ha1" => row with { Ha1 = new string('c', 32) },
            "ha1b" => row with { Ha1b = "" },
            "password" => row with { Password = "plain" },
            _ => row with { Username = "Panel401" },
        };

        var changes = Decide(version: 5);

        AssertOutcome(Outcome.Updated, changes);
        Assert.Single(changes.SubscribersToUpdate);
        Assert.Equal(kicked ? 1 : 0, changes.Kicks.Count);
    }

    [Fact]
    public void Subscriber_deleted_by_hand_comes_back_without_its_contacts()
    {
        GivenSubscriber(Me, 4);
        _rows.Subscribers.Clear();

        var changes = Decide(version: 5);

        Assert.Single(changes.SubscribersToInsert);
        Assert.Single(changes.Kicks);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Account_that_is_gone_or_disabled_gives_up_its_name_and_keeps_the_version_at_which_it_held_it(bool deleted)
    {
        GivenSubscriber(Me, 4);

        var changes = deleted ? Decide(5, state: null) : Decide(5, State() with { Enabled = false });

        AssertOutcome(Outcome.Removed, changes);
        Assert.Equal(1, Assert.Single(changes.SubscribersToDelete).Id);
        Assert.Equal(new IdentityRow(null, 4), changes.Identities[Name]);
        Assert.Equal((Me, Name), Assert.Single(changes.Kicks));
        Assert.Equal(deleted, changes.Fences[Me].Deleted);
    }

    [Fact]
    public void Name_that_another_account_took_is_not_given_up_in_its_place()
    {
        GivenSubscriber(Other, 4, version: 4);

        var changes = Decide(5, state: null);

        AssertOutcome(Outcome.Unchanged, changes);
        AssertNoSubscriberIsTouched(changes);
        Assert.Empty(changes.Identities);
        Assert.True(changes.Fences[Me].Deleted);
    }

    [Fact]
    public void Renamed_account_gives_up_the_old_name_and_takes_the_new_one()
    {
        GivenSubscriber(Me, 4, OldName);

        var changes = Decide(version: 5);

        AssertOutcome(Outcome.Updated, changes);
        Assert.Single(changes.SubscribersToDelete);
        Assert.Single(changes.SubscribersToInsert);
        Assert.Equal((Me, OldName), Assert.Single(changes.Kicks));
    }

    [Fact]
    public void Two_accounts_of_a_batch_swap_their_names()
    {
        GivenSubscriber(Me, 4, OldName);
        GivenSubscriber(Other, 4, Name);
        _rows.Fences[Other] = _rows.Fences[Me];

        var changes = AccountPlan.Decide(
            [new(Me, 5, State()), new(Other, 6, State() with { Name = OldName })], _rows, Served);

        Assert.Equal((Me, Other), (changes.Identities[Name].Owner, changes.Identities[OldName].Owner));
        Assert.Equal([OldName, Name], changes.SubscribersToInsert.Select(s => s.Name).Order());
        Assert.Equal(2, changes.SubscribersToDelete.Count);
    }

    public static TheoryData<AccountState, string> Refused => new()
    {
        { State() with { Name = new SipName("Panel401", "sip.neolia.app") }, "name_not_canonical" },
        { State() with { Name = new SipName("panel401", "elsewhere.example") }, "domain_not_served" },
        { State() with { Credentials = null }, "no_credentials" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Account_that_cannot_be_a_subscriber_is_refused_and_what_it_held_is_gone(AccountState state, string code)
    {
        GivenSubscriber(Me, 4);

        var changes = Decide(5, state);

        AssertOutcome(Outcome.Refused, changes, code);
        Assert.Single(changes.SubscribersToDelete);
        Assert.Single(changes.Kicks);
        Assert.Equal(5, changes.Fences[Me].Version);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Account_that_could_not_be_a_subscriber_can_be_disabled(AccountState state, string code)
    {
        Assert.NotEmpty(code);
        AssertOutcome(Outcome.Unchanged, Decide(5, state with { Enabled = false }));
    }

    [Fact]
    public void Extension_that_does_not_fit_is_left_out_and_reported_while_the_subscriber_works()
    {
        var changes = Decide(5, State() with { Extension = new string('9', 65) });

        AssertOutcome(Outcome.Refused, changes, "extension_too_long");
        Assert.Single(changes.SubscribersToInsert);
        Assert.Null(changes.Fences[Me].Extension);
    }

    private static AccountState State() => new(Guid.Empty, Name, "panel", null, Enabled: true, Keys);

    private AccountChanges Decide(long version) => Decide(version, State());

    private AccountChanges Decide(long version, AccountState? state) => AccountPlan.Decide([new DesiredAccount(Me, version, state)], _rows, Served);

    private void GivenSubscriber(Guid owner, long fence, SipName? name = null, long? version = null)
    {
        var held = name ?? Name;
        _rows.Fences[Me] = new FenceRow(fence, Guid.Empty, "panel", null, Deleted: false);
        _rows.Identities[held] = new IdentityRow(owner, version ?? fence);
        _rows.Subscribers[held] = new SubscriberRow(1, held.Username, held.Domain, "", Keys.Ha1, Keys.Ha1b);
    }

    private static void AssertOutcome(Outcome outcome, AccountChanges changes, string? code = null)
    {
        var result = Assert.Single(changes.Results);
        Assert.Equal((outcome, code), (result.Outcome, result.Problem?.Code));
    }

    private static void AssertNoSubscriberIsTouched(AccountChanges changes)
    {
        Assert.Empty(changes.SubscribersToInsert);
        Assert.Empty(changes.SubscribersToUpdate);
        Assert.Empty(changes.SubscribersToDelete);
        Assert.Empty(changes.Kicks);
    }
}
