using Neolia.Database.Tests.Draining;

namespace Neolia.Database.Tests.Reconciling;

/// <summary>Whatever a hand changed in Kamailio's database is found by its checksum, and repaired by the Drain.</summary>
public sealed class HandEditTests(HandEditFixture residence) : IClassFixture<HandEditFixture>
{
    private readonly ReconcileRig _rig = residence.Rig;

    [Theory]
    [InlineData("delete from subscriber where username = 'panel401'")]
    [InlineData("update subscriber set ha1 = repeat('0', 32) where username = 'panel401'")]
    [InlineData("update subscriber set ha1b = '' where username = 'panel401'")]
    [InlineData("update subscriber set ha1 = upper(concat('f', substring(ha1, 2))) where username = 'panel401'")]
    [InlineData("update subscriber set password = ' ' where username = 'panel401'")]
    [InlineData("update subscriber set username = 'Panel401' where username = 'panel401'")]
    [InlineData("update subscriber set domain = 'elsewhere.example' where username = 'panel401'")]
    [InlineData("update neolia_account set unit_id = uuid() where account_id = @account")]
    [InlineData("update neolia_account set extension = null where account_id = @account")]
    [InlineData("update neolia_account set extension = '' where account_id = @account")]
    [InlineData("update neolia_account set type = 'station' where account_id = @account")]
    [InlineData("delete from neolia_account where account_id = @account")]
    [InlineData("update neolia_account set deleted = 1 where account_id = @account")]
    [InlineData("insert into neolia_identity (domain, username, account_id) values ('sip.neolia.app', 'second', @account)")]
    [InlineData("insert into neolia_kick (account_id, domain, username) values (@account, 'sip.neolia.app', 'panel401')")]
    public async Task An_account_is_put_right(string edit)
    {
        await EditAsync(edit);

        var report = await _rig.RunAsync();

        Assert.Equal((0, 1, 0, 0), (report.Accounts.Missing, report.Accounts.Different, report.Accounts.Orphaned, report.Units.Total));
        Assert.True(report.Complete);
        await ConvergedAsync();
    }

    [Theory]
    [InlineData("update neolia_unit set number = '402'")]
    [InlineData("update neolia_unit set site_id = uuid()")]
    [InlineData("update neolia_unit set building_id = null")]
    [InlineData("update neolia_unit set deleted = 1")]
    [InlineData("delete from neolia_call_rule where action = 'forward'")]
    [InlineData("update neolia_call_rule set source_like = '%' where action = 'reject'")]
    [InlineData("update neolia_call_rule set priority = 3 where action = 'reject'")]
    [InlineData("update neolia_call_rule set action = 'ring' where action = 'reject'")]
    [InlineData("update neolia_call_rule set target_uri = 'sip:a@evil.example' where action = 'forward'")]
    [InlineData("insert into neolia_call_rule (unit_id, rule_id, source_like, action) select unit_id, uuid(), '%', 'ring' from neolia_unit where not deleted")]
    public async Task A_unit_is_put_right(string edit)
    {
        await EditAsync(edit);

        var report = await _rig.RunAsync();

        Assert.Equal((0, 1, 0, 0), (report.Units.Missing, report.Units.Different, report.Units.Orphaned, report.Accounts.Total));
        await ConvergedAsync();
    }

    [Fact]
    public async Task What_is_missing_is_made()
    {
        await EditAsync("delete from subscriber where username = 'panel401'");
        await EditAsync("delete from neolia_identity where account_id = @account");
        await EditAsync("delete from neolia_account where account_id = @account");
        await EditAsync("delete from neolia_call_rule");
        await EditAsync("delete from neolia_unit");

        var report = await _rig.RunAsync();

        Assert.Equal((1, 0, 0), (report.Accounts.Missing, report.Accounts.Different, report.Accounts.Orphaned));
        Assert.Equal((1, 0, 0), (report.Units.Missing, report.Units.Different, report.Units.Orphaned));
        await ConvergedAsync();
    }

    [Fact]
    public async Task What_belongs_to_nobody_is_removed()
    {
        var (account, unowned, unit) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await EditAsync($"insert into neolia_account (account_id, version, unit_id, type) values ('{account}', 1, uuid(), 'panel')");
        await EditAsync($"insert into neolia_identity (domain, username, account_id, version) values ('sip.neolia.app', 'orphan', '{account}', 1), ('sip.neolia.app', 'halforphan', '{unowned}', 1)");
        await EditAsync("insert into subscriber (username, domain, ha1, ha1b) values ('orphan', 'sip.neolia.app', md5('1'), md5('2'))");
        await EditAsync($"insert into neolia_unit (unit_id, version, site_id, building_id, number) values ('{unit}', 1, uuid(), uuid(), '9')");
        await EditAsync("insert into neolia_call_rule (unit_id, rule_id, source_like, action) values (uuid(), uuid(), '%', 'ring')");

        var report = await _rig.RunAsync();

        Assert.Equal((0, 0, 2, 1), (report.Accounts.Missing, report.Accounts.Different, report.Accounts.Orphaned, report.Accounts.Removed));
        Assert.Equal((0, 0, 2, 1), (report.Units.Missing, report.Units.Different, report.Units.Orphaned, report.Units.Removed));
        await ConvergedAsync();
    }

    [Fact]
    public async Task A_thousand_edits_are_all_found_and_only_buckets_that_differ_travel()
    {
        await _rig.Dashboard.CreateAccountsAsync(residence.Unit, "many", 1_000);
        await _rig.SettleAsync();
        Assert.Equal((0, 0L), await CountsAsync());

        await EditAsync("update subscriber set ha1 = md5(id) where username = 'many-500'");
        var one = await _rig.RunAsync();
        Assert.Equal((1, 1), (one.Differences, one.BucketsCompared));
        Assert.InRange(one.RowsFetched, 2, 20);

        await EditAsync("delete from subscriber where username like 'many-%'");
        var all = await _rig.RunAsync();
        Assert.Equal(1_000, all.Accounts.Different);
        await ConvergedAsync();
    }

    private async Task ConvergedAsync()
    {
        await _rig.SettleAsync();

        // A subscriber that a hand moved to another domain is nobody's by now.
        await EditAsync("delete from subscriber where domain = 'elsewhere.example'");
        await Convergence.AssertAsync(_rig.Drain);
        Assert.Equal((0, 0L), await CountsAsync());
    }

    private async Task<(int Buckets, long Rows)> CountsAsync()
    {
        var report = await _rig.RunAsync(dryRun: true);
        return (report.BucketsCompared, report.RowsFetched);
    }

    private Task<int> EditAsync(string sql) => _rig.Drain.MySql.ExecuteAsync(sql.Replace("@account", $"'{residence.Account}'", StringComparison.Ordinal));
}
