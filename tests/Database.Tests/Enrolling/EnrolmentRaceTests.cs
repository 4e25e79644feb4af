using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Actions;
using Neolia.Functions.Credentials;
using Neolia.Functions.Enrolling;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;

namespace Neolia.Database.Tests.Enrolling;

/// <summary>Who redeems meets who revokes, disables, renames, moves, deletes or makes a new link: one comes first, and nobody fails.</summary>
public sealed class EnrolmentRaceTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private EnrolmentRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await EnrolmentRig.CreateAsync(supabase, mariaDb);

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    public static TheoryData<string> Changes =>
    [
        "update sip_account_enrolments set revoked_at = now() where id = '{1}'",
        "update sip_accounts set enabled = false where id = '{0}'",
        "update sip_accounts set username = 'panel402' where id = '{0}'",
        "update sip_accounts set domain = 'villas.neolia.app' where id = '{0}'",
        "with other as (insert into units (building_id, number) select id, '402' from buildings returning id) update sip_accounts set unit_id = other.id from other where sip_accounts.id = '{0}'",
        "delete from sip_accounts where id = '{0}'",
        "delete from sites",
    ];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_change_that_is_under_way_is_waited_for(string change)
    {
        var link = await _rig.MakeAsync();
        await using var user = await OpenTransaction.BeginAsync(_rig.Postgres, Sql(change, link));
        var redeeming = _rig.RedeemAsync(link);
        await _rig.SomebodyWaitsAsync();

        await user.CommitAsync();

        Assert.Null(await redeeming);
        Assert.NotEqual("1|0", await _rig.StateAsync(link));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_change_that_is_taken_back_has_not_been(string change)
    {
        var link = await _rig.MakeAsync();
        await using var user = await OpenTransaction.BeginAsync(_rig.Postgres, Sql(change, link));
        var redeeming = _rig.RedeemAsync(link);
        await _rig.SomebodyWaitsAsync();

        await user.RollbackAsync();

        Assert.NotNull(await redeeming);
        Assert.Equal("1|0", await _rig.StateAsync(link));
    }

    /// <summary>Redeeming holds the link and waits for the credentials; the user comes the other way round.</summary>
    [Theory]
    [InlineData("update sip_accounts set username = 'panel402' where id = '{0}'")]
    [InlineData("delete from sip_accounts where id = '{0}'")]
    [InlineData("delete from sites")]
    public async Task Who_redeems_gives_way_to_a_user(string change)
    {
        var link = await _rig.MakeAsync();
        for (var round = 0; round < 3; round++)
        {
            await using var user = await OpenTransaction.BeginAsync(
                _rig.Postgres, $"select from kamailio_sync.credentials where account_id = '{_rig.Account}' for update");
            var redeeming = _rig.RedeemAsync(link);
            await _rig.SomebodyWaitsAsync();

            // Waits for the link, which redeeming holds, until that has waited long enough.
            await user.ExecuteAsync(Sql(change, link));
            if (round < 2)
            {
                await user.RollbackAsync();
                Assert.NotNull(await redeeming);
                link = await _rig.MakeAsync();
                continue;
            }

            await user.CommitAsync();
            Assert.Null(await redeeming);
        }
    }

    [Fact]
    public async Task Links_that_are_made_at_the_same_moment_leave_one()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _rig.MakeAsync()));

        Assert.Equal("1", await _rig.Postgres.ValueAsync("select count(*) from sip_account_enrolments where revoked_at is null and redeemed_at is null"));
        Assert.Equal("6", await _rig.Postgres.ValueAsync("select count(*) from sip_account_enrolments"));
    }

    [Fact]
    public async Task Of_two_devices_that_wait_for_the_same_link_one_gets_it()
    {
        var link = await _rig.MakeAsync();
        await using var user = await OpenTransaction.BeginAsync(_rig.Postgres, $"update sip_account_enrolments set revoked_at = now() where id = '{link.Id}'");
        var redeeming = Task.WhenAll(_rig.RedeemAsync(link), _rig.RedeemAsync(link));
        await _rig.SomebodyWaitsAsync();

        await user.RollbackAsync();

        Assert.Single(await redeeming, password => password is not null);
    }

    [Fact]
    public async Task A_new_link_and_a_device_with_the_one_before_come_one_after_the_other()
    {
        for (var round = 0; round < 5; round++)
        {
            var old = await _rig.MakeAsync();
            var redeeming = _rig.RedeemAsync(old);
            var made = await _rig.MakeAsync();

            Assert.Equal(await redeeming is null ? "0|1" : "1|0", await _rig.StateAsync(old));
            Assert.NotNull(await _rig.RedeemAsync(made));
        }
    }

    [Fact]
    public async Task Of_credentials_that_are_issued_and_redeemed_at_the_same_moment_one_pair_holds()
    {
        await using var app = SupabaseDatabase.Open(_rig.Rig.SupabaseOptions, _rig.Rig.Secrets);
        var (store, name) = (new CredentialStore(app), new SipName("panel401", Dashboard.Domain));
        for (var round = 0; round < 5; round++)
        {
            var link = await _rig.MakeAsync();
            var issued = Digests.Of(name, Password.Generate());
            var redeeming = _rig.RedeemAsync(link);
            Assert.Equal(
                StoreOutcome.Stored, await store.StoreAsync(new Caller.Service(), _rig.Account, name, issued, replace: true, TestContext.Current.CancellationToken));

            var redeemed = Digests.Of(name, Assert.IsType<string>(await redeeming));
            Assert.Contains(await _rig.Postgres.ValueAsync("select ha1, ha1b from kamailio_sync.credentials"), (string[])[$"{issued.Ha1}|{issued.Ha1b}", $"{redeemed.Ha1}|{redeemed.Ha1b}"]);
        }
    }

    [Theory]
    [InlineData("update sip_accounts set enabled = false where id = '{0}'", EnrolmentOutcome.AccountDisabled)]
    [InlineData("delete from sip_accounts where id = '{0}'", EnrolmentOutcome.NoSuchAccount)]
    public async Task A_link_is_not_made_for_an_account_that_is_just_going(string change, EnrolmentOutcome expected)
    {
        var old = await _rig.MakeAsync();
        await using var user = await OpenTransaction.BeginAsync(_rig.Postgres, Sql(change, old));
        var making = _rig.Maker.MakeAsync(new Caller.Service(), _rig.Account, TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
        await _rig.SomebodyWaitsAsync();

        await user.CommitAsync();

        Assert.Equal((expected, null), await making);
    }

    [Fact]
    public async Task A_link_is_not_redeemed_without_new_credentials()
    {
        var link = await _rig.MakeAsync();
        var before = await _rig.Postgres.ValueAsync("select ha1, issued_at from kamailio_sync.credentials");
        await using (var user = await OpenTransaction.BeginAsync(_rig.Postgres, "select from kamailio_sync.credentials for update"))
        {
            using var hangUp = new CancellationTokenSource();
            var redeeming = _rig.Redeemer.RedeemAsync(link.Id, link.Secret, hangUp.Token);
            await _rig.SomebodyWaitsAsync();
            await hangUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => redeeming);
        }

        Assert.Equal("0|0", await _rig.StateAsync(link));
        Assert.Equal(before, await _rig.Postgres.ValueAsync("select ha1, issued_at from kamailio_sync.credentials"));
        Assert.NotNull(await _rig.RedeemAsync(link));
    }

    /// <summary>For as long as all of our attempts take.</summary>
    [Fact]
    public async Task An_account_that_stays_locked_leaves_its_link_alive()
    {
        var link = await _rig.MakeAsync();
        await using (var user = await OpenTransaction.BeginAsync(_rig.Postgres, "select from kamailio_sync.credentials for update"))
        {
            var result = await _rig.Redeemer.RedeemAsync(link.Id, link.Secret, TestContext.Current.CancellationToken);
            Assert.Equal(IssueOutcome.Busy, result!.Outcome);
        }

        Assert.NotNull(await _rig.RedeemAsync(link));
    }

    /// <summary>As when the process is killed between its commit and its drain: the queue has the change, and whoever comes next applies it.</summary>
    [Fact]
    public async Task What_was_redeemed_and_not_yet_drained_is_brought_by_another_worker()
    {
        var link = await _rig.MakeAsync();
        await _rig.Rig.MySql.RegisterAsync("panel401");

        var password = await _rig.RedeemAsync(link);

        var digests = Digests.Of(new SipName("panel401", Dashboard.Domain), password!);
        Assert.NotEqual(digests.Ha1, await _rig.Rig.MySql.ValueAsync("select ha1 from subscriber"));
        await _rig.Rig.NewWorker().DrainAsync();
        Assert.Equal($"{digests.Ha1}|{digests.Ha1b}", await _rig.Rig.MySql.ValueAsync("select ha1, ha1b from subscriber"));
        Assert.Empty(await _rig.Rig.MySql.ContactsAsync());
        await Convergence.AssertAsync(_rig.Rig);
    }

    private string Sql(string change, NewEnrolment link) => string.Format(null, change, _rig.Account, link.Id);
}
