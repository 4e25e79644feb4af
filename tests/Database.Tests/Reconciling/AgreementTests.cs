using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Reconciling;

/// <summary>Checksums agree on what is in sync, whatever the texts and the tables' character set.</summary>
public sealed class AgreementTests(SupabaseFixture supabase, MariaDbFixture mariaDb)
{
    [Theory]
    [InlineData("latin1")]
    [InlineData("utf8mb4")]
    public async Task Nothing_differs_when_everything_is_synced(string characterSet)
    {
        await using var rig = await ReconcileRig.CreateAsync(supabase, mariaDb, characterSet);
        await rig.Drain.MySql.ExecuteAsync("insert into neolia_forward_target (uri) values ('sip:pbx.example')");
        var building = await rig.Dashboard.CreateBuildingAsync(await rig.Dashboard.CreateSiteAsync());
        foreach (var number in (string[])["401", "", "12é🔔", "a''b\\c", new string('9', 64)])
        {
            var unit = await rig.Dashboard.CreateUnitAsync(building, number);
            await rig.Dashboard.CreateAccountAsync(unit, "");
            await rig.Dashboard.CreateAccountAsync(unit, "", enabled: false);
        }

        var rules = await rig.Dashboard.CreateUnitAsync(building, "rules");
        foreach (var pattern in (string[])["*", "100%_?*", "o''brien-é🔔@*", new string('%', 255)])
            await rig.Dashboard.CreateRuleAsync(rules, pattern, "voicemail", priority: int.MinValue);
        await rig.Dashboard.CreateForwardAsync(rules, "sip:desk@pbx.example");
        await rig.Dashboard.CreateLegacyRulesAsync(rules, "select ' legacy* ', 'ring', 'nonsense' union all select 'x', 'voicemail', ' '");
        await rig.Drain.Postgres.ExecuteAsync("insert into call_rules (unit_id, name, source_pattern, action, enabled) select unit_id, name, source_pattern, action, false from call_rules where action <> 'forward'");
        foreach (var extension in (string[])["", " ", "1", "é🔔", "=", new string('x', 64)])
            await rig.Dashboard.SetAsync(await rig.Dashboard.CreateAccountAsync(rules, ""), $"extension = '{extension}', type = 'mobile', domain = 'villas.neolia.app'");
        await rig.Dashboard.RekeyAsync(await rig.Dashboard.CreateAccountAsync(rules, "rekeyed"));
        await rig.Dashboard.RenameAsync(await rig.Dashboard.CreateAccountAsync(rules, "before"), "after");
        await rig.SettleAsync();
        await rig.Dashboard.DeleteAsync(await rig.Dashboard.CreateAccountAsync(rules, "gone"));
        await rig.Drain.Postgres.ExecuteAsync("delete from units where number = '401'");
        await rig.SettleAsync();

        var report = await rig.RunAsync();

        Assert.Equal((0, 0, 0, 0L), (report.Differences, report.OnTheirWay, report.BucketsCompared, report.RowsFetched));
        Assert.Equal(await rig.Drain.MySql.ValueAsync("select count(*) from subscriber"), $"{report.AccountsInKamailio}");
    }

    [Fact]
    public async Task What_cannot_be_synced_as_it_is_differs_and_is_not_marked_by_the_hour()
    {
        await using var rig = await ReconcileRig.CreateAsync(supabase, mariaDb);
        var unit = await rig.Dashboard.CreateUnitAsync();
        await rig.Drain.MySql.ExecuteAsync("insert into subscriber (username, domain, ha1, ha1b) values ('guest', 'sip.neolia.app', md5('1'), md5('2'))");
        await rig.Drain.MySql.ExecuteAsync("""
            create trigger refuse before insert on subscriber for each row
              if new.username = 'refused' then signal sqlstate '45000' set message_text = 'refused'; end if
            """);
        var inUse = await rig.Dashboard.CreateAccountAsync(unit, "guest");
        var notStorable = await rig.Dashboard.CreateAccountAsync(unit, "refused");
        await rig.SettleAsync();
        await rig.Dashboard.CreateForwardAsync(unit, "sip:desk@pbx.example");
        var tooLong = await rig.Dashboard.CreateAccountAsync(unit, "long");
        await rig.Dashboard.SetAsync(tooLong, "extension = repeat('9', 65)");
        await rig.SettleAsync();
        var queue = await rig.Drain.Postgres.RowsAsync("select subject_id, version, attempts from kamailio_sync.queue order by 1");

        var regular = await rig.RunAsync();

        Assert.Equal((0, 3), (regular.Differences, regular.Parked));
        Assert.Equal(queue, await rig.Drain.Postgres.RowsAsync("select subject_id, version, attempts from kamailio_sync.queue order by 1"));

        await rig.Drain.MySql.ExecuteAsync("delete from subscriber where username = 'guest'; insert into neolia_forward_target (uri) values ('sip:pbx.example')");
        var asked = await rig.RunAsync(askAgain: true);
        Assert.True(asked.Complete);
        Assert.Equal("synced|0|(null)|0", await rig.Dashboard.SyncStateAsync(inUse));
        Assert.Equal("synced|(null)|0|1", await rig.Dashboard.UnitStateAsync(unit));
        Assert.Equal("failed|0|extension_too_long|1", await rig.Dashboard.SyncStateAsync(tooLong));
        Assert.Equal("failed|0|not_storable|1", await rig.Dashboard.SyncStateAsync(notStorable));
    }
}
