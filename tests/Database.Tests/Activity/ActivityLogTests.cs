using Microsoft.Extensions.Options;
using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Activity;
using Neolia.Functions.Credentials;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;

namespace Neolia.Database.Tests.Activity;

/// <summary>What people read of what happened to their accounts.</summary>
public sealed class ActivityLogTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private readonly ActivityOptions _options = new() { Language = "en" };
    private readonly Guid _user = Guid.NewGuid();
    private DrainRig _rig = null!;
    private SupabaseDatabase _app = null!;
    private Guid _site;
    private Guid _building;
    private Guid _unit;

    public async ValueTask InitializeAsync()
    {
        _rig = await DrainRig.CreateAsync(supabase, mariaDb);
        _app = SupabaseDatabase.Open(_rig.SupabaseOptions, _rig.Secrets);
        _site = await _rig.Dashboard.CreateSiteAsync();
        _building = await _rig.Dashboard.CreateBuildingAsync(_site);
        _unit = await _rig.Dashboard.CreateUnitAsync(_building);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _rig.DisposeAsync();
    }

    [Fact]
    public async Task An_account_is_told_with_its_places_and_who_asked_for_it()
    {
        var account = await CreateAccountAsync("hall");

        Assert.Equal(
            [$"success|account_provisioned|The account hall@sip.neolia.app is active in Kamailio.|{_site}|{_building}|{_unit}|{account}|{_user}"],
            await LogAsync());
    }

    [Fact]
    public async Task What_a_user_changes_and_removes_is_told_with_what_it_does_to_the_device()
    {
        var account = await CreateAccountAsync("hall");
        await _rig.Dashboard.SetAsync(account, "registered = true");
        await LogAsync();

        await AsUserAsync($"update sip_accounts set extension = '77' where id = '{account}'");
        await AsUserAsync($"update sip_accounts set username = 'salon' where id = '{account}'");
        await AsUserAsync($"update sip_accounts set display_name = 'Salon', last_registration = now() where id = '{account}'");
        await AsUserAsync($"delete from sip_accounts where id = '{account}'");
        await _rig.NewWorker().DrainAsync();

        Assert.Equal(["account_changed", "account_changed", "account_kicked", "account_kicked", "account_removed"],
            (await LogAsync()).Select(row => row.Split('|')[1]).Order(StringComparer.Ordinal));
        Assert.Equal(
            [$"""["extension"]|{_user}""", $"""["username"]|{_user}"""],
            await _rig.Postgres.RowsAsync("select metadata->>'changed', metadata->>'asked_by' from intercom_activity_logs where action = 'account_changed' order by 1"));
        Assert.Equal(["The account salon@sip.neolia.app was removed."], await _rig.Postgres.RowsAsync("select message from intercom_activity_logs where action = 'account_removed'"));
    }

    [Fact]
    public async Task That_a_device_was_signed_off_is_told_when_its_contact_is_gone()
    {
        var account = await CreateAccountAsync("hall");
        await _rig.MySql.RegisterAsync("hall");
        await _rig.Dashboard.SetAsync(account, "registered = true");
        await LogAsync();

        await AsUserAsync($"update sip_accounts set enabled = false where id = '{account}'");
        Assert.Equal(["account_changed|The account hall@sip.neolia.app was changed."], await BriefAsync());
        Assert.Equal(["hall"], await _rig.MySql.ContactsAsync());

        await _rig.NewWorker().DrainAsync();
        Assert.Equal(["account_kicked|The device of account hall@sip.neolia.app was signed off."], await BriefAsync());
        Assert.Empty(await _rig.MySql.ContactsAsync());
    }

    [Fact]
    public async Task So_it_is_when_the_account_can_not_be_synced_after_that()
    {
        var account = await CreateAccountAsync("hall");
        await _rig.MySql.RegisterAsync("hall");
        await _rig.MySql.AddGuestAsync("testuser");
        await _rig.Dashboard.SetAsync(account, "registered = true");
        await LogAsync();

        await AsUserAsync($"update sip_accounts set username = 'testuser' where id = '{account}'");
        await _rig.NewWorker().DrainAsync();

        Assert.Equal(["account_changed", "account_kicked", "sync_failed"], (await LogAsync()).Select(row => row.Split('|')[1]).Order(StringComparer.Ordinal));
        Assert.Empty(await _rig.MySql.ContactsAsync());
        Assert.Equal("0", await _rig.Postgres.ValueAsync("select count(*) from kamailio_sync.activity"));
    }

    [Fact]
    public async Task That_credentials_were_issued_is_told_and_never_which()
    {
        var account = await CreateAccountAsync("hall");
        await LogAsync();
        var name = new SipName("hall", Dashboard.Domain);
        var password = Password.Generate();
        var digests = Digests.Of(name, password);

        await new CredentialStore(_app).StoreAsync(new Caller.User(_user, "{}"), account, name, digests, replace: true, TestContext.Current.CancellationToken);

        Assert.Equal(
            [$"info|credentials_issued|New credentials were issued for the account hall@sip.neolia.app.|{_site}|{_building}|{_unit}|{account}|{_user}"],
            await LogAsync());
        var everything = await _rig.Postgres.RowsAsync("select l::text from intercom_activity_logs l");
        Assert.All([password, digests.Ha1, digests.Ha1b], secret => Assert.DoesNotContain(everything, row => row.Contains(secret, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_failure_is_told_once_and_so_is_its_recovery()
    {
        var account = await CreateAccountAsync("hall", "elsewhere.example");
        Assert.Equal(["sync_failed|The account hall@elsewhere.example could not be synced."], await BriefAsync());

        await _rig.Dashboard.MarkAgainAsync(account);
        await _rig.NewWorker().DrainAsync();
        await AsUserAsync($"update sip_accounts set domain = '{Dashboard.Domain}' where id = '{account}'");
        await _rig.NewWorker().DrainAsync();

        var told = await BriefAsync();
        Assert.Single(told, line => line.StartsWith("sync_recovered|", StringComparison.Ordinal));
        Assert.Equal("domain_not_served", await _rig.Postgres.ValueAsync("select distinct metadata->>'error_code' from intercom_activity_logs where action = 'sync_failed'"));
    }

    [Fact]
    public async Task So_is_that_of_a_flat_by_its_number()
    {
        await _rig.Dashboard.CreateLegacyRulesAsync(_unit, "select '^a', 'ring', null");
        await _rig.NewWorker().DrainAsync();
        Assert.Equal([$"error|unit_sync_failed|The flat 401 could not be synced.|{_site}|{_building}|{_unit}|(null)|(null)"], await LogAsync());
        Assert.Equal("pattern_is_expression", await _rig.Postgres.ValueAsync("select metadata->>'error_code' from intercom_activity_logs"));

        await _rig.Postgres.ExecuteAsync("update call_rules set source_pattern = 'a*'");
        await _rig.NewWorker().DrainAsync();
        Assert.Equal(["unit_sync_recovered|The flat 401 is synced again."], await BriefAsync());
        Assert.Equal("0", await _rig.Postgres.ValueAsync("select count(*) from kamailio_sync.told_failed"));
    }

    [Fact]
    public async Task Many_at_once_share_a_row()
    {
        await AsUserAsync($"insert into sip_accounts (unit_id, username, type) select '{_unit}', 'import-' || i, 'panel' from generate_series(1, 900) i");
        await _rig.NewWorker().DrainAsync();

        Assert.Equal([$"success|account_provisioned|900 accounts are active in Kamailio.|{_site}|{_building}|{_unit}|(null)|{_user}"], await LogAsync());
        Assert.Equal("900", await _rig.Postgres.ValueAsync("select metadata->>'count' from intercom_activity_logs"));
    }

    [Theory]
    [InlineData("delete from units where id = '{0}'")]
    [InlineData("delete from buildings where id = '{1}'")]
    public async Task An_account_that_goes_with_its_place_is_told_to_the_site(string cascade)
    {
        var account = await CreateAccountAsync("hall");
        await LogAsync();

        await AsUserAsync(string.Format(null, cascade, _unit, _building));

        var told = Assert.Single(await LogAsync());
        Assert.StartsWith($"info|account_removed|The account hall@sip.neolia.app was removed.|{_site}|", told, StringComparison.Ordinal);
        Assert.Equal($"{account}", await _rig.Postgres.ValueAsync("select metadata->>'account_id' from intercom_activity_logs where action = 'account_removed'"));
    }

    [Fact]
    public async Task A_site_that_is_gone_has_no_readers()
    {
        await CreateAccountAsync("hall");

        await AsUserAsync($"delete from sites where id = '{_site}'");

        Assert.Empty(await LogAsync());
        Assert.Equal("0", await _rig.Postgres.ValueAsync("select count(*) from kamailio_sync.activity"));
    }

    [Fact]
    public async Task What_is_rolled_back_is_not_told()
    {
        var account = await CreateAccountAsync("hall");
        await LogAsync();
        await using (var user = await OpenTransaction.BeginAsync(_rig.Postgres, $"delete from sip_accounts where id = '{account}'"))
            await user.RollbackAsync();

        Assert.Empty(await LogAsync());
    }

    [Fact]
    public async Task The_program_notes_what_only_it_knows()
    {
        var account = await CreateAccountAsync("hall");
        await LogAsync();

        await _rig.Postgres.ExecuteAsync($"select kamailio_sync.note_drift(array['account', 'unit_rules'], array['{account}', '{_unit}']::uuid[])");
        await _rig.Postgres.ExecuteAsync("update sip_account_sync set state = 'synced'; update unit_sync set state = 'synced'");

        Assert.Equal(
            [
                "drift_found|Kamailio did not match the account hall@sip.neolia.app any more.", "drift_repaired|What Kamailio held of the account hall@sip.neolia.app was repaired.",
                "unit_drift_found|Kamailio did not match the flat 401 any more.", "unit_drift_repaired|What Kamailio held of the flat 401 was repaired.",
            ],
            (await BriefAsync()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_sentences_are_French_unless_told_otherwise()
    {
        _options.Language = new ActivityOptions().Language;
        await CreateAccountAsync("hall");

        Assert.Equal(["account_provisioned|Le compte hall@sip.neolia.app est actif dans Kamailio."], await BriefAsync());
    }

    [Fact]
    public async Task What_is_too_old_goes_and_what_others_wrote_stays()
    {
        await CreateAccountAsync("old");
        await LogAsync();
        await AgeAsync(91);
        await CreateAccountAsync("young");
        await LogAsync();
        await AgeAsync(89, "message like '%young%'");
        await _rig.Postgres.ExecuteAsync("""
            insert into intercom_activity_logs (site_id, action, message, metadata, created_at)
            select site_id, action, 'theirs', metadata, now() - interval '1000 days' from intercom_activity_logs
            """);

        await LogAsync();

        Assert.Equal(
            ["The account young@sip.neolia.app is active in Kamailio.", "theirs"],
            await _rig.Postgres.RowsAsync("select message from intercom_activity_logs order by created_at desc"));
        Assert.Equal("1", await _rig.Postgres.ValueAsync("select count(*) from kamailio_sync.published_activity"));
    }

    [Fact]
    public async Task What_a_user_is_deleting_is_told_when_he_is_done()
    {
        var account = await CreateAccountAsync("hall");
        await using var user = await OpenTransaction.BeginAsync(_rig.Postgres, $"delete from sip_accounts where id = '{account}'");

        Assert.Equal(0, await NewLog().PublishAsync(TestContext.Current.CancellationToken));

        await user.ExecuteAsync($"delete from units where id = '{_unit}'");
        await user.CommitAsync();
        Assert.Equal(["account_provisioned", "account_removed"], (await LogAsync()).Select(row => row.Split('|')[1]));
    }

    [Fact]
    public async Task A_row_that_is_too_old_waits_for_the_user_who_holds_it()
    {
        var account = await CreateAccountAsync("held");
        await CreateAccountAsync("free");
        await LogAsync();
        await AgeAsync(91);
        await using (var user = await OpenTransaction.BeginAsync(_rig.Postgres, $"delete from sip_accounts where id = '{account}'"))
        {
            await LogAsync();
            Assert.Equal(["The account held@sip.neolia.app is active in Kamailio."], await _rig.Postgres.RowsAsync("select message from intercom_activity_logs"));
            await user.CommitAsync();
        }

        await LogAsync();

        Assert.Equal(["account_removed"], await _rig.Postgres.RowsAsync("select action from intercom_activity_logs"));
    }

    [Theory]
    [InlineData(19_998)]
    [InlineData(19_999)]
    [InlineData(20_000)]
    public async Task A_removal_is_told_wherever_the_notes_are_cut(int before)
    {
        await CreateAccountAsync("hall");
        await LogAsync();
        await _rig.Postgres.ExecuteAsync($"insert into kamailio_sync.activity (action) select 'account_changed' from generate_series(1, {before})");
        await AsUserAsync($"delete from buildings where id = '{_building}'");

        List<string> told = [.. await LogAsync(), .. await LogAsync()];

        Assert.StartsWith($"info|account_removed|The account hall@sip.neolia.app was removed.|{_site}|", Assert.Single(told), StringComparison.Ordinal);
        Assert.Equal("0", await _rig.Postgres.ValueAsync("select count(*) from kamailio_sync.activity"));
    }

    private ActivityLog NewLog() => new(_app, Options.Create(_options));

    private async Task<Guid> CreateAccountAsync(string username, string domain = Dashboard.Domain)
    {
        await AsUserAsync($"insert into sip_accounts (unit_id, username, domain, type) values ('{_unit}', '{username}', '{domain}', 'panel')");
        await _rig.NewWorker().DrainAsync();
        return Guid.Parse(await _rig.Postgres.ValueAsync($"select id from sip_accounts where username = '{username}'"));
    }

    private Task<int> AgeAsync(int days, string which = "true") => _rig.Postgres.ExecuteAsync($"""
        update kamailio_sync.published_activity set noted_at = now() - interval '{days} days'
        where log_id in (select id from intercom_activity_logs where {which})
        """);

    /// <summary>With the claims of a signed-in user, past row level security, which is tested elsewhere.</summary>
    private async Task AsUserAsync(string sql)
    {
        await using var user = await OpenTransaction.BeginAsync(_rig.Postgres, $$"""set local request.jwt.claims = '{"sub": "{{_user}}"}'""");
        await user.ExecuteAsync(sql);
        await user.CommitAsync();
    }

    /// <summary>Publishes, and gives the rows that it added: <c>level|action|message|site|building|unit|account|asked by</c>.</summary>
    private async Task<List<string>> LogAsync()
    {
        await _rig.Postgres.ExecuteAsync("create table if not exists seen (id uuid); insert into seen select id from intercom_activity_logs");
        await NewLog().PublishAsync(TestContext.Current.CancellationToken);
        return await _rig.Postgres.RowsAsync("""
            select level, action, message, site_id, building_id, unit_id, sip_account_id, metadata->>'asked_by'
            from intercom_activity_logs where id not in (select id from seen) order by created_at, action
            """);
    }

    private async Task<List<string>> BriefAsync() => [.. (await LogAsync()).Select(row => string.Join('|', row.Split('|')[1..3]))];
}
