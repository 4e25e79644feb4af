using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Triggers;

/// <summary>A call rule that could not work is refused where it is written, with a sentence that says what to do.</summary>
public sealed class CallRuleCheckTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    private const string CheckViolation = "23514";
    private const string Insert = "insert into call_rules (unit_id, name, source_pattern, action, target_sip_uri) values ($1, 'r', $2, $3, nullif($4, '(null)')) returning source_pattern || '|' || coalesce(target_sip_uri, 'none')";

    [Theory]
    [InlineData("*", "ring", "(null)", "*|none")]
    [InlineData(" intercom-? ", "reject", "", "intercom-?|none")]
    [InlineData("o'brien_100%@sip.neolia.app", "ring", "(null)", "o'brien_100%@sip.neolia.app|none")]
    [InlineData("été.panel-*", "voicemail", "(null)", "été.panel-*|none")]
    [InlineData("*", "forward", " sip:concierge@sip.neolia.app ", "*|sip:concierge@sip.neolia.app")]
    [InlineData("*", "forward", "sip:+33.1_x%41@10.0.0.1:65535", "*|sip:+33.1_x%41@10.0.0.1:65535")]
    [InlineData("*", "voicemail", "sip:A@a", "*|sip:A@a")]
    public async Task A_rule_that_can_work_is_taken_without_the_blanks_around(string pattern, string action, string target, string stored)
    {
        var home = await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);

        Assert.Equal([stored], await dashboard.RowsAsync(Insert, home.Unit, pattern, action, target));
    }

    [Theory]
    [InlineData("", "has no pattern")]
    [InlineData(" \t\r\n", "has no pattern")]
    [InlineData("^intercom", "regular expression")]
    [InlineData("intercom$", "regular expression")]
    [InlineData("panel[0-9]", "regular expression")]
    [InlineData("panel]", "regular expression")]
    [InlineData("(a", "regular expression")]
    [InlineData("a)", "regular expression")]
    [InlineData("a{2", "regular expression")]
    [InlineData("a}", "regular expression")]
    [InlineData("a|b", "regular expression")]
    [InlineData("a+", "regular expression")]
    [InlineData(@"panel\d", "regular expression")]
    [InlineData("intercom-.*", "write * for any characters and ? for one, for example intercom-*")]
    [InlineData("a.?", "regular expression")]
    public async Task A_pattern_that_is_none_is_refused(string pattern, string reason)
    {
        var home = await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);

        await RefusedAsync(dashboard, reason, Insert, home.Unit, pattern, "ring", "(null)");
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    [InlineData(10_000, false)]
    public async Task A_pattern_has_at_most_255_characters(int length, bool taken)
    {
        var home = await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);
        var pattern = new string('é', length);

        if (taken)
            await dashboard.ExecuteAsync(Insert, home.Unit, pattern, "ring", "(null)");
        else
            await RefusedAsync(dashboard, $"has {length} characters", Insert, home.Unit, pattern, "ring", "(null)");
    }

    [Theory]
    [InlineData("(null)", "has no target")]
    [InlineData("  ", "has no target")]
    [InlineData("concierge@sip.neolia.app", "no SIP address")]
    [InlineData("sips:concierge@sip.neolia.app", "no SIP address")]
    [InlineData("sip:sip.neolia.app", "no SIP address")]
    [InlineData("sip:@sip.neolia.app", "no SIP address")]
    [InlineData("sip:concierge@", "no SIP address")]
    [InlineData("sip:concierge@SIP.neolia.app", "lower case")]
    [InlineData("sip:concierge@sip..app", "no SIP address")]
    [InlineData("sip:concierge@-a.app", "no SIP address")]
    [InlineData("sip:concierge@a.app:0", "no SIP address")]
    [InlineData("sip:concierge@a.app:65536", "no SIP address")]
    [InlineData("sip:concierge@a.app:99999999999999999999", "no SIP address")]
    [InlineData("sip:concierge@a.app;transport=tcp", "no SIP address")]
    [InlineData("sip:a'b@a.app", "no SIP address")]
    [InlineData("sip:a b@a.app", "no SIP address")]
    [InlineData("<sip:a@a.app>", "no SIP address")]
    [InlineData("sip:a@a.app\nsip:b@a.app", "no SIP address")]
    public async Task A_target_that_is_no_address_is_refused(string target, string reason)
    {
        var home = await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);

        await RefusedAsync(dashboard, reason, Insert, home.Unit, "*", "forward", target);
    }

    [Fact]
    public async Task A_target_that_is_too_long_is_refused()
    {
        var home = await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);
        var target = $"sip:a@{new string('a', 250)}";

        await RefusedAsync(dashboard, "no SIP address", Insert, home.Unit, "*", "voicemail", target);
        await dashboard.ExecuteAsync(Insert, home.Unit, "*", "voicemail", target[..255]);
    }

    [Theory]
    [InlineData("source_pattern = '^b'")]
    [InlineData("action = 'forward'")]
    [InlineData("target_sip_uri = 'x'")]
    public async Task A_change_to_what_cannot_work_is_refused(string change)
    {
        var home = await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);
        await dashboard.ExecuteAsync(Insert, home.Unit, "*", "ring", "(null)");

        Assert.Equal(CheckViolation, (await dashboard.RefusedAsync($"update call_rules set {change}")).SqlState);
    }

    [Theory]
    [InlineData("name = 'x', source_pattern = source_pattern, target_sip_uri = target_sip_uri, action = action", true)]
    [InlineData("priority = 3", true)]
    [InlineData("enabled = false", true)]
    [InlineData("source_pattern = 'a*', target_sip_uri = null, action = 'ring'", true)]
    [InlineData("source_pattern = '^c'", false)]
    [InlineData("action = 'voicemail'", false)]
    [InlineData("enabled = false, unit_id = @other", false)]
    public async Task A_rule_from_before_stays_changeable_in_what_does_no_new_harm(string change, bool taken)
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        var other = await owner.ScalarAsync<Guid>("insert into units (building_id, number) values ($1, '402') returning id", home.Building);
        await owner.ExecuteAsync($"""
            alter table call_rules disable trigger neolia_check_rule;
            insert into call_rules (unit_id, name, source_pattern, action, target_sip_uri) values ('{home.Unit}', 'r', '^a.*$', 'forward', 'nowhere');
            alter table call_rules enable trigger neolia_check_rule
            """);
        var update = $"update call_rules set {change.Replace("@other", $"'{other}'", StringComparison.Ordinal)} where unit_id = $1";

        if (taken)
            Assert.Equal(1, await owner.ExecuteAsync(update, home.Unit));
        else
            Assert.Equal(CheckViolation, (await owner.RefusedAsync(update, home.Unit)).SqlState);
    }

    [Fact]
    public async Task A_rule_from_before_is_looked_at_when_it_is_switched_on()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await owner.ExecuteAsync($"""
            alter table call_rules disable trigger neolia_check_rule;
            insert into call_rules (unit_id, name, source_pattern, action, enabled) values ('{home.Unit}', 'r', '^a.*$', 'ring', false);
            alter table call_rules enable trigger neolia_check_rule
            """);

        await RefusedAsync(owner, "regular expression", "update call_rules set enabled = true where unit_id = $1", home.Unit);
    }

    [Fact]
    public async Task A_unit_has_at_most_100_enabled_rules()
    {
        var home = await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);
        await FillAsync(dashboard, home.Unit, 1_000, enabled: false);
        await dashboard.ExecuteAsync("update call_rules set enabled = true where id in (select id from call_rules limit 100)");

        await RefusedAsync(dashboard, "at most 100 enabled call rules", "update call_rules set enabled = true where id = (select id from call_rules where not enabled limit 1)");
        await RefusedAsync(dashboard, "at most 100 enabled call rules", Insert, home.Unit, "*", "ring", "(null)");
        await dashboard.ExecuteAsync("update call_rules set enabled = false where id = (select id from call_rules where enabled limit 1)");
        await dashboard.ExecuteAsync(Insert, home.Unit, "*", "ring", "(null)");

        var other = await dashboard.ScalarAsync<Guid>("insert into units (building_id, number) values ($1, '402') returning id", home.Building);
        await FillAsync(dashboard, other, 1, enabled: true);
        await RefusedAsync(dashboard, "at most 100 enabled call rules", "update call_rules set unit_id = $1 where unit_id = $2", home.Unit, other);
        await RefusedAsync(dashboard, "at most 100 enabled call rules", "insert into call_rules (unit_id, name, source_pattern, action) select $1, 'r', '*', 'ring' from generate_series(1, 100)", other);
    }

    [Fact]
    public async Task A_unit_with_more_from_before_is_put_in_order_step_by_step()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await owner.ExecuteAsync($"""
            alter table call_rules disable trigger neolia_rules_added;
            insert into call_rules (unit_id, name, source_pattern, action) select '{home.Unit}', 'r', '*', 'ring' from generate_series(1, 105);
            alter table call_rules enable trigger neolia_rules_added
            """);

        await owner.ExecuteAsync("update call_rules set priority = 1, enabled = true where unit_id = $1", home.Unit);
        await owner.ExecuteAsync("update call_rules set enabled = false where id = (select id from call_rules where unit_id = $1 limit 1)", home.Unit);
        await owner.ExecuteAsync("delete from call_rules where id = (select id from call_rules where unit_id = $1 and enabled limit 1)", home.Unit);

        Assert.Equal(103, await owner.ScalarAsync<long>("select count(*) from call_rules where unit_id = $1 and enabled", home.Unit));
    }

    [Fact]
    public async Task Two_who_add_the_last_rule_at_once_are_told_apart()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await using var first = await project.UserAsync(home.User);
        await using var second = await project.UserAsync(home.User);
        await FillAsync(owner, home.Unit, 99, enabled: true);

        await first.ExecuteAsync("begin");
        await first.ExecuteAsync(Insert, home.Unit, "*", "ring", "(null)");
        var late = second.RefusedAsync(Insert, home.Unit, "*", "ring", "(null)");
        await second.BlockedAsync(owner);
        await first.ExecuteAsync("commit");

        Assert.Contains("at most 100", (await late).MessageText, StringComparison.Ordinal);
        Assert.Equal(100, await owner.ScalarAsync<long>("select count(*) from call_rules where unit_id = $1", home.Unit));
    }

    private static Task<int> FillAsync(Session session, Guid unit, int count, bool enabled) =>
        session.ExecuteAsync("insert into call_rules (unit_id, name, source_pattern, action, enabled) select $1, 'r', '*', 'ring', $3 from generate_series(1, $2)", unit, count, enabled);

    private static async Task RefusedAsync(Session session, string reason, string statement, params object[] parameters)
    {
        var refused = await session.RefusedAsync(statement, parameters);
        Assert.Equal(CheckViolation, refused.SqlState);
        Assert.Contains(reason, refused.MessageText, StringComparison.Ordinal);
        Assert.InRange(refused.MessageText.Length, 40, 300);
    }
}
