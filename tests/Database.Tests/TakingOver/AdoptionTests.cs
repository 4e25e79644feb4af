using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Credentials;
using Neolia.Functions.Subjects;
using Neolia.Functions.TakingOver;

namespace Neolia.Database.Tests.TakingOver;

/// <summary>A guest becomes an account's subscriber with the password that its device has.</summary>
public sealed class AdoptionTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private ContestedName _name = null!;
    private DrainRig _rig = null!;
    private Worker _worker = null!;
    private Guid _account;

    private Dashboard Dashboard => _rig.Dashboard;

    private Digests Digests => _name.Digests;

    public async ValueTask InitializeAsync()
    {
        _name = await ContestedName.CreateAsync(supabase, mariaDb);
        (_rig, _worker, _account) = (_name.Rig, _name.Worker, _name.Account);
    }

    public ValueTask DisposeAsync() => _name.DisposeAsync();

    [Fact]
    public async Task Account_is_synced_with_the_present_password_and_keeps_its_contact()
    {
        var (before, others) = (await SubscriberAsync(), await OthersAsync());
        await using var adopting = new AdoptionRig(_rig);

        Assert.Equal(AdoptionOutcome.Adopted, await adopting.AdoptAsync("panel101"));

        Assert.Equal(before, await SubscriberAsync());
        Assert.Equal("synced|1|(null)|0", await Dashboard.SyncStateAsync(_account));
        Assert.Equal(["panel101", "testuser"], await _rig.MySql.ContactsAsync());
        Assert.Equal(others, await OthersAsync());
        await ConvergedAsync();
    }

    [Theory]
    [InlineData("ha1 = '', ha1b = '', password = @p")]
    [InlineData("ha1b = '', password = @p")]
    [InlineData("ha1b = ''")]
    [InlineData("ha1 = upper(ha1), ha1b = upper(ha1b)")]
    [InlineData("password = 'an older one'")]
    public async Task Row_as_an_operator_may_have_left_it_keeps_its_password_and_contact(string leftAs)
    {
        await _rig.MySql.ExecuteAsync($"update subscriber set {leftAs.Replace("@p", $"'{_name.Password}'", StringComparison.Ordinal)} where username = 'panel101'");
        await using var adopting = new AdoptionRig(_rig);

        Assert.Equal(AdoptionOutcome.Adopted, await adopting.AdoptAsync("panel101"));

        Assert.Equal($"|{Digests.Ha1}", await _rig.MySql.ValueAsync("select password, ha1 from subscriber where username = 'panel101'"));
        Assert.Equal(["panel101", "testuser"], await _rig.MySql.ContactsAsync());
        await ConvergedAsync();
    }

    [Fact]
    public async Task Dry_run_changes_nothing()
    {
        var before = await _name.EverythingAsync();
        await using var adopting = new AdoptionRig(_rig);

        Assert.Equal(AdoptionOutcome.WouldAdopt, await adopting.AdoptAsync("panel101", dryRun: true));

        Assert.Equal(before, await _name.EverythingAsync());
    }

    [Fact]
    public async Task Second_run_does_nothing()
    {
        await using var adopting = new AdoptionRig(_rig);
        await adopting.AdoptAsync("panel101");
        var before = await _name.EverythingAsync();

        Assert.Equal(AdoptionOutcome.AlreadyAdopted, await adopting.AdoptAsync("panel101"));

        Assert.Equal(before, await _name.EverythingAsync());
    }

    [Theory]
    [InlineData("store")]
    [InlineData("handover")]
    [InlineData("mark")]
    public async Task Killed_before_any_step_another_run_finishes(string step)
    {
        var steps = step switch
        {
            "store" => new AdoptionSteps { BeforeStore = Killed },
            "handover" => new AdoptionSteps { BeforeHandover = Killed },
            _ => new AdoptionSteps { BeforeMark = Killed },
        };
        await using (var dying = new AdoptionRig(_rig, steps))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dying.AdoptAsync("panel101"));
        Assert.Contains("panel101", await _rig.MySql.ContactsAsync());
        await _worker.DrainAsync();

        await using var adopting = new AdoptionRig(_rig);
        var outcome = await adopting.AdoptAsync("panel101");

        Assert.Equal(step == "mark" ? AdoptionOutcome.AlreadyAdopted : AdoptionOutcome.Adopted, outcome);
        Assert.Equal($"|{Digests.Ha1}", await _rig.MySql.ValueAsync("select password, ha1 from subscriber where username = 'panel101'"));
        Assert.Equal(["panel101", "testuser"], await _rig.MySql.ContactsAsync());
        Assert.Equal("synced|1|(null)|0", await Dashboard.SyncStateAsync(_account));
        await ConvergedAsync();
    }

    [Fact]
    public async Task Drain_between_store_and_handover_leaves_the_guest_alone_and_the_adoption_goes_on()
    {
        await using var adopting = new AdoptionRig(_rig, new AdoptionSteps { BeforeHandover = () => _worker.DrainAsync() });

        Assert.Equal(AdoptionOutcome.Adopted, await adopting.AdoptAsync("panel101"));

        Assert.Equal(["panel101", "testuser"], await _rig.MySql.ContactsAsync());
        await ConvergedAsync();
    }

    [Fact]
    public async Task Drain_between_handover_and_mark_keeps_the_contact()
    {
        await using var adopting = new AdoptionRig(_rig, new AdoptionSteps { BeforeMark = () => _worker.DrainAsync() });

        Assert.Equal(AdoptionOutcome.Adopted, await adopting.AdoptAsync("panel101"));

        Assert.Equal(["panel101", "testuser"], await _rig.MySql.ContactsAsync());
        await ConvergedAsync();
    }

    [Fact]
    public async Task Password_changed_by_hand_before_the_handover_is_the_one_that_is_adopted()
    {
        var later = Digests.Of(new SipName("panel101", Dashboard.Domain), Password.Generate());
        await using var adopting = new AdoptionRig(_rig, new AdoptionSteps
        {
            BeforeHandover = () => _rig.MySql.ExecuteAsync($"update subscriber set ha1 = '{later.Ha1}', ha1b = '{later.Ha1b}' where username = 'panel101'"),
        });

        Assert.Equal(AdoptionOutcome.Adopted, await adopting.AdoptAsync("panel101"));

        Assert.Equal(later.Ha1, await _rig.MySql.ValueAsync("select ha1 from subscriber where username = 'panel101'"));
        Assert.Contains("panel101", await _rig.MySql.ContactsAsync());
        await ConvergedAsync();
    }

    [Fact]
    public async Task Account_renamed_before_the_handover_does_not_get_the_guest()
    {
        var guest = await SubscriberAsync();
        await using var adopting = new AdoptionRig(_rig, new AdoptionSteps
        {
            BeforeHandover = async () =>
            {
                await Dashboard.RenameAsync(_account, "panel102");
                await _worker.DrainAsync();
            },
        });

        Assert.Equal(AdoptionOutcome.NoSuchAccount, await adopting.AdoptAsync("panel101"));

        Assert.Equal(guest, await SubscriberAsync());
        Assert.Equal(["panel101", "testuser"], await _rig.MySql.ContactsAsync());
        Assert.Equal("synced|0|(null)|0", await Dashboard.SyncStateAsync(_account));
    }

    [Fact]
    public async Task Late_worker_of_an_account_that_had_the_name_before_does_not_take_it_from_the_adopted_one()
    {
        // The former account was never applied under that name: its fence can't tell, only the name's version can. The late
        // worker comes after the handover and before the drain that follows it.
        await Dashboard.RenameAsync(_account, "panel102");
        await _worker.DrainAsync();
        var former = await Dashboard.CreateAccountAsync(_name.Unit, "panel101");
        var (turn, gate) = await _rig.StallAsync(gate => new Stalls { BeforeApply = gate });
        await Dashboard.RenameAsync(former, "panel103");
        await Dashboard.RenameAsync(_account, "panel101");
        await using var adopting = new AdoptionRig(_rig, new AdoptionSteps
        {
            BeforeMark = async () =>
            {
                gate.Open();
                await turn;
            },
        });

        Assert.Equal(AdoptionOutcome.Adopted, await adopting.AdoptAsync("panel101"));
        await _rig.ExpireLeasesAsync();
        await _worker.DrainAsync();

        Assert.Equal($"{_account}", await _rig.MySql.ValueAsync("select account_id from neolia_identity where username = 'panel101'"));
        Assert.Equal(Digests.Ha1, await _rig.MySql.ValueAsync("select ha1 from subscriber where username = 'panel101'"));
        Assert.Contains("panel101", await _rig.MySql.ContactsAsync());
        await ConvergedAsync();
    }

    [Fact]
    public async Task Account_behind_Kamailios_fence_is_adopted_after_it_got_a_version_above()
    {
        await _rig.MySql.ExecuteAsync($"update neolia_account set version = 5000000 where account_id = '{_account}'");
        await using var adopting = new AdoptionRig(_rig);

        Assert.Equal(AdoptionOutcome.Adopted, await adopting.AdoptAsync("panel101"));

        Assert.Contains("panel101", await _rig.MySql.ContactsAsync());
        await ConvergedAsync();
    }

    [Fact]
    public async Task Adopted_account_that_is_deleted_takes_its_subscriber_and_contact_along()
    {
        await using var adopting = new AdoptionRig(_rig);
        await adopting.AdoptAsync("panel101");

        await Dashboard.DeleteAsync(_account);
        await _worker.DrainAsync();

        Assert.Equal(["testuser"], await _rig.MySql.SubscriberNamesAsync());
        Assert.Equal(["testuser"], await _rig.MySql.ContactsAsync());
    }

    [Fact]
    public async Task Candidates_are_the_guests_with_an_account_and_what_a_killed_run_left()
    {
        await _rig.MySql.AddGuestAsync("Mobile101");
        await _rig.MySql.AddGuestAsync("left");
        await Dashboard.CreateAccountAsync(_name.Unit, "mobile101", "mobile");
        await Dashboard.CreateAccountAsync(_name.Unit, "left");
        await Dashboard.CreateAccountAsync(_name.Unit, "unrelated");
        await _worker.DrainAsync();
        await using (var dying = new AdoptionRig(_rig, new AdoptionSteps { BeforeHandover = () => _worker.DrainAsync(), BeforeMark = Killed }))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dying.AdoptAsync("left"));
        await using var adopting = new AdoptionRig(_rig);

        Assert.Equal(
            ["left", "mobile101", "panel101"],
            (await adopting.Adoption.ListCandidatesAsync(TestContext.Current.CancellationToken)).Select(n => n.Username));
    }

    private static Task Killed() => throw new OperationCanceledException("killed");

    private async Task<string> SubscriberAsync() =>
        await _rig.MySql.ValueAsync("select id, cast(username as binary), cast(domain as binary), password, ha1, ha1b from subscriber where username = 'panel101'");

    private Task<List<string>> OthersAsync() =>
        _rig.MySql.RowsAsync("select id, cast(username as binary), cast(domain as binary), password, ha1, ha1b from subscriber where username <> 'panel101' order by id");

    /// <summary>The guest has digests that are none, and a contact; neither is ours.</summary>
    private async Task ConvergedAsync() => await Convergence.AssertAsync(_rig);
}
