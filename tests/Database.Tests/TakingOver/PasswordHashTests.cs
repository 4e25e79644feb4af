using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Credentials;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Neolia.Functions.TakingOver;

namespace Neolia.Database.Tests.TakingOver;

/// <summary>Digests that an earlier version left where every user reads them.</summary>
public sealed class PasswordHashTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private const string Everything = "select 'a', a::text from sip_accounts a union all select 'c', c::text from kamailio_sync.credentials c union all select 'q', q::text from kamailio_sync.queue q order by 1, 2";

    private readonly NoProgress _progress = new();
    private DrainRig _rig = null!;
    private SupabaseDatabase _supabase = null!;
    private PasswordHashes _hashes = null!;
    private Guid _unit;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _rig = await DrainRig.CreateAsync(supabase, mariaDb);
        _supabase = SupabaseDatabase.Open(_rig.SupabaseOptions, _rig.Secrets);
        _hashes = new PasswordHashes(_supabase);
        _unit = await _rig.Dashboard.CreateUnitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _supabase.DisposeAsync();
        await _rig.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Digest_moves_to_the_credentials_and_reaches_Kamailio(bool capitals)
    {
        var digests = Digests.Of(new SipName("panel401", Dashboard.Domain), Password.Generate());
        var account = await LegacyAsync("panel401", capitals ? digests.Ha1.ToUpperInvariant() : digests.Ha1);

        var report = await _hashes.RunAsync(dryRun: false, _progress, Cancelled);

        Assert.Equal((1, 0, 0), (report.Moved, report.Dropped.Count, report.Left));
        await _rig.NewWorker().DrainAsync();
        Assert.Equal(digests.Ha1, await _rig.MySql.ValueAsync("select ha1 from subscriber where username = 'panel401'"));
        Assert.NotEqual(digests.Ha1b, await _rig.MySql.ValueAsync("select ha1b from subscriber where username = 'panel401'"));
        Assert.Equal("synced|1|(null)|0", await _rig.Dashboard.SyncStateAsync(account));
        Assert.Equal("(null)", await _rig.Postgres.ValueAsync($"select password_hash from sip_accounts where id = '{account}'"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task What_is_no_digest_or_older_than_issued_credentials_is_named_and_dropped()
    {
        var secret = Password.Generate();
        await LegacyAsync("plain", secret);
        await LegacyAsync("long", new string('a', 33));
        await LegacyAsync("empty", "");
        var issued = await LegacyAsync("issued", new string('b', 32));
        var digests = await _rig.Dashboard.RekeyAsync(issued);

        var report = await _hashes.RunAsync(dryRun: false, _progress, Cancelled);

        Assert.Equal(
            ["empty@sip.neolia.app empty", "issued@sip.neolia.app issued", "long@sip.neolia.app malformed", "plain@sip.neolia.app malformed"],
            report.Dropped.Select(d => $"{d.Name} {d.Reason}").Order(StringComparer.Ordinal));
        Assert.DoesNotContain(secret, string.Concat(report.Dropped), StringComparison.Ordinal);
        Assert.Equal(0, report.Moved);
        Assert.Equal("0", await _rig.Postgres.ValueAsync("select count(*) from sip_accounts where password_hash is not null"));
        Assert.Equal(digests.Ha1, await _rig.Postgres.ValueAsync($"select ha1 from kamailio_sync.credentials where account_id = '{issued}'"));
        Assert.Equal("1", await _rig.Postgres.ValueAsync("select count(*) from kamailio_sync.credentials where issued_at is not null"));
    }

    [Fact]
    public async Task Dry_run_says_the_same_and_changes_nothing()
    {
        await LegacyAsync("panel401", new string('c', 32));
        await LegacyAsync("plain", "none");
        var before = await _rig.Postgres.RowsAsync(Everything);

        var dry = await _hashes.RunAsync(dryRun: true, _progress, Cancelled);
        Assert.Equal(before, await _rig.Postgres.RowsAsync(Everything));
        var real = await _hashes.RunAsync(dryRun: false, _progress, Cancelled);

        Assert.Equal((1, 1), (dry.Moved, dry.Dropped.Count));
        Assert.Equal((dry.Moved, dry.Dropped.Count), (real.Moved, real.Dropped.Count));
    }

    [Fact]
    public async Task Many_accounts_move_in_batches_once_however_often_it_is_killed()
    {
        await _rig.Dashboard.CreateAccountsAsync(_unit, "many", 450);
        await WithoutTriggerAsync("update sip_accounts set password_hash = md5(username)");
        await Assert.ThrowsAsync<OperationCanceledException>(() => _hashes.RunAsync(dryRun: false, new KilledAt(1), Cancelled));
        Assert.Equal("200", await _rig.Postgres.ValueAsync("select count(*) from kamailio_sync.credentials where issued_at is not null"));

        Assert.Equal(250, (await _hashes.RunAsync(dryRun: false, _progress, Cancelled)).Moved);

        var after = await _rig.Postgres.RowsAsync(Everything);
        Assert.Equal(0, (await _hashes.RunAsync(dryRun: false, _progress, Cancelled)).Moved);
        Assert.Equal(after, await _rig.Postgres.RowsAsync(Everything));
        Assert.Equal("450", await _rig.Postgres.ValueAsync("select count(*) from sip_accounts a join kamailio_sync.credentials c on c.account_id = a.id where c.ha1 = md5(a.username)"));
        await _rig.NewWorker().DrainAsync();
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Account_that_somebody_changes_right_now_is_left_for_another_run()
    {
        var account = await LegacyAsync("panel401", new string('d', 32));
        await LegacyAsync("panel402", new string('e', 32));
        await using (await OpenTransaction.BeginAsync(_rig.Postgres, $"update sip_accounts set enabled = false where id = '{account}'"))
        {
            var report = await _hashes.RunAsync(dryRun: false, _progress, Cancelled);
            Assert.Equal((1, 1), (report.Moved, report.Left));
        }

        Assert.Equal(1, (await _hashes.RunAsync(dryRun: false, _progress, Cancelled)).Moved);
    }

    [Fact]
    public async Task Whatever_the_dashboard_writes_into_the_column_it_stays_empty_without_an_error()
    {
        var account = await _rig.Dashboard.CreateAccountAsync(_unit, "panel401");
        await _rig.Dashboard.SetAsync(account, "password_hash = 'x', extension = '7'");
        await _rig.Postgres.ExecuteAsync($"insert into sip_accounts (unit_id, type, username, password_hash) values ('{_unit}', 'panel', 'panel402', md5('y'))");
        await _rig.Postgres.ExecuteAsync($"insert into sip_accounts (id, unit_id, type, username, password_hash) values ('{account}', '{_unit}', 'panel', 'panel401', md5('y')) on conflict (id) do update set password_hash = excluded.password_hash");

        Assert.Equal(["panel401|7|(null)", "panel402|(null)|(null)"], await _rig.Postgres.RowsAsync("select username, extension, password_hash from sip_accounts order by 1"));
    }

    [Fact]
    public async Task Value_that_waits_to_be_moved_is_not_lost_or_replaced_by_a_form_that_sends_the_row_back()
    {
        var account = await LegacyAsync("panel401", new string('f', 32));

        await _rig.Dashboard.SetAsync(account, "password_hash = md5('other'), display_name = 'Hall'");

        Assert.Equal($"Hall|{new string('f', 32)}", await _rig.Postgres.ValueAsync($"select display_name, password_hash from sip_accounts where id = '{account}'"));
    }

    /// <summary>An account as an earlier version left it.</summary>
    private async Task<Guid> LegacyAsync(string username, string passwordHash)
    {
        var account = await _rig.Dashboard.CreateAccountAsync(_unit, username);
        await WithoutTriggerAsync($"update sip_accounts set password_hash = '{passwordHash}' where id = '{account}'");
        return account;
    }

    private Task<int> WithoutTriggerAsync(string update) => _rig.Postgres.ExecuteAsync($"""
        alter table sip_accounts disable trigger neolia_keep_password_hash_out;
        {update};
        alter table sip_accounts enable trigger neolia_keep_password_hash_out;
        """);
}
