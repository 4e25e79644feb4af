using Neolia.Functions.Reading;

namespace Neolia.Functions.Applying;

/// <summary>What can be wrong with a call rule, in words for who set it up, who knows it by its pattern. Its unit keeps the rules that it had.</summary>
public static class RuleProblem
{
    private const int ShownCharacters = 80;

    public static readonly Problem TooMany = new(
        "too_many_rules", $"The flat has more than {UnitState.MaxRules} enabled call rules. Disable or delete some.");

    public static readonly Problem WithoutPattern = new(
        "rule_without_pattern", "A call rule has no pattern. Write whom it is for, for example intercom-*, or * for everybody.");

    public static Problem PatternTooLong(CallRule rule) => new(
        "pattern_too_long",
        $"The pattern of the call rule for '{Shown(rule.SourcePattern)}' has more than {ColumnLimits.SourcePattern.Characters} characters. Shorten it: * stands for any number of them.",
        Shown(rule.SourcePattern));

    public static Problem PatternIsExpression(CallRule rule) => new(
        "pattern_is_expression",
        $"The pattern '{Shown(rule.SourcePattern)}' of a call rule looks like a regular expression. Write * for any characters and ? for one, for example intercom-*.",
        Shown(rule.SourcePattern));

    public static Problem ForwardWithoutTarget(CallRule rule) => new(
        "forward_without_target",
        $"The call rule for '{Shown(rule.SourcePattern)}' forwards calls but has no target. Write where to, for example sip:concierge@sip.neolia.app.",
        Shown(rule.SourcePattern));

    public static Problem TargetMalformed(CallRule rule) => new(
        "target_malformed",
        $"The target '{Shown(rule.TargetSipUri)}' of the call rule for '{Shown(rule.SourcePattern)}' is no SIP address. Write sip:name@domain with the domain in lower case, for example sip:concierge@sip.neolia.app.",
        Shown(rule.SourcePattern));

    public static Problem TargetNotAllowed(CallRule rule) => new(
        "target_not_allowed",
        $"The call rule for '{Shown(rule.SourcePattern)}' sends calls to '{Shown(rule.TargetSipUri)}', outside this Kamailio and not on its operator's list of allowed targets. Choose another target, or ask the operator to allow it and synchronise again.",
        Shown(rule.SourcePattern));

    public static readonly Problem TargetsUnreadable = new(
        "forward_targets_unreadable",
        "The operator's list of allowed targets can't be read. Apply kamailio/mysql/tables.sql and grants.sql; it is tried again by itself.");

    private static string Shown(string? text) => text is { Length: > ShownCharacters } ? $"{text[..ShownCharacters]}…" : text ?? "";
}
