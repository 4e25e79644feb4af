using Neolia.Functions.Applying;
using Neolia.Functions.Reading;

namespace Neolia.Functions.Tests.Applying;

public sealed class UnitCheckTests
{
    private static readonly AllowedTargets Targets = new(
        new HashSet<string> { "sip.neolia.app" }, new HashSet<string> { "sip:desk@pbx.example", "sip:trunk.example:5080" });

    [Theory]
    [InlineData("intercom-*", null)]
    [InlineData("panel40?@sip.neolia.app", null)]
    [InlineData("100%_a.b", null)]
    [InlineData("", "rule_without_pattern")]
    [InlineData("a.*", "pattern_is_expression")]
    [InlineData("a.?", "pattern_is_expression")]
    [InlineData("^a", "pattern_is_expression")]
    [InlineData("a$", "pattern_is_expression")]
    [InlineData("[a", "pattern_is_expression")]
    [InlineData("a]", "pattern_is_expression")]
    [InlineData("(a", "pattern_is_expression")]
    [InlineData("a)", "pattern_is_expression")]
    [InlineData("{a", "pattern_is_expression")]
    [InlineData("a}", "pattern_is_expression")]
    [InlineData("a|b", "pattern_is_expression")]
    [InlineData("a+", "pattern_is_expression")]
    [InlineData(@"a\d", "pattern_is_expression")]
    public void Patterns_are_globs(string pattern, string? code) => Assert.Equal(code, Find(Rule(pattern))?.Code);

    [Fact]
    public void Pattern_that_fits_still_fits_when_each_of_its_characters_becomes_two()
    {
        var pattern = new string('%', ColumnLimits.SourcePattern.Characters);

        Assert.Null(Find(Rule(pattern)));
        Assert.InRange(SourcePattern.ToLike(pattern).Length, 0, 512);
        Assert.Equal("pattern_too_long", Find(Rule(pattern + "%"))?.Code);
    }

    [Theory]
    [InlineData("forward", "sip:concierge@sip.neolia.app", null)]
    [InlineData("forward", "sip:desk@pbx.example", null)]
    [InlineData("forward", "sip:anybody@trunk.example:5080", null)]
    [InlineData("voicemail", null, null)]
    [InlineData("ring", null, null)]
    [InlineData("forward", null, "forward_without_target")]
    [InlineData("forward", "sip:desk@pbx.example:5060", "target_not_allowed")]
    [InlineData("forward", "sip:other@pbx.example", "target_not_allowed")]
    [InlineData("forward", "sip:DESK@pbx.example", "target_not_allowed")]
    [InlineData("forward", "sip:anybody@trunk.example", "target_not_allowed")]
    [InlineData("voicemail", "sip:a@evil.example", "target_not_allowed")]
    [InlineData("forward", "sip:a@sip.neolia.app:5060", "target_not_allowed")]
    [InlineData("forward", "sip:a@sip.neolia.app.evil.example", "target_not_allowed")]
    [InlineData("forward", "sip:a@sip.neolia.app@evil.example", "target_malformed")]
    [InlineData("forward", "tel:+331", "target_malformed")]
    public void Targets_are_served_or_listed(string action, string? target, string? code) => Assert.Equal(code, Find(Rule("*", action, target))?.Code);

    [Fact]
    public void Without_the_list_only_foreign_targets_wait()
    {
        var unread = Targets with { Listed = null };

        Assert.Equal(RuleProblem.TargetsUnreadable, UnitCheck.Find(Unit(Rule("*", "forward", "sip:desk@pbx.example")), unread));
        Assert.Null(UnitCheck.Find(Unit(Rule("*", "forward", "sip:concierge@sip.neolia.app")), unread));
    }

    [Theory]
    [InlineData("sip:a@b", "b")]
    [InlineData("sip:a@b:1", "b:1")]
    [InlineData("sip:A.b_c%2d+1-@1.2.3.4:65535", "1.2.3.4:65535")]
    [InlineData("sip:a@b:0", null)]
    [InlineData("sip:a@b:65536", null)]
    [InlineData("sip:a@b.", null)]
    [InlineData("sip:a@.b", null)]
    [InlineData("sip:a@b-", null)]
    [InlineData("sip:a@B", null)]
    [InlineData("sip:a@b\n", null)]
    [InlineData("SIP:a@b", null)]
    [InlineData("", null)]
    public void Address_is_parsed_whole(string uri, string? place) => Assert.Equal(place, RuleTarget.Parse(uri)?.Place);

    [Fact]
    public void Long_texts_are_shortened_in_what_people_read() =>
        Assert.InRange(Find(Rule(new string('a', 600)))!.Message.Length, 80, 300);

    [Fact]
    public void More_rules_than_a_call_can_weigh_are_refused_as_a_whole() => Assert.Equal(
        RuleProblem.TooMany,
        UnitCheck.Find(Unit([.. Enumerable.Repeat(Rule("*"), UnitState.MaxRules + 1)]), Targets));

    private static CallRule Rule(string pattern, string action = "ring", string? target = null) => new(Guid.NewGuid(), pattern, action, target, 0);

    private static UnitState Unit(params CallRule[] rules) => new(Guid.NewGuid(), Guid.NewGuid(), "401", rules);

    private static Problem? Find(CallRule rule) => UnitCheck.Find(Unit(rule), Targets);
}
