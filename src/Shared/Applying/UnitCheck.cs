using System.Text.RegularExpressions;
using Neolia.Functions.Reading;

namespace Neolia.Functions.Applying;

/// <summary>
/// Whether a unit can be applied. Supabase refuses most of this where it is written (migration call_rule_checks); here
/// come the rows from before, and what only Kamailio's side knows.
/// </summary>
public static partial class UnitCheck
{
    /// <summary>The first thing that is wrong, or null.</summary>
    public static Problem? Find(UnitState unit, AllowedTargets targets)
    {
        if (unit.Rules.Count > UnitState.MaxRules)
            return RuleProblem.TooMany;
        if (!ColumnLimits.UnitNumber.Fits(unit.Number))
            return Problem.UnitTooLong;
        return unit.Rules.Select(rule => Find(rule, targets)).FirstOrDefault(problem => problem is not null);
    }

    private static Problem? Find(CallRule rule, AllowedTargets targets)
    {
        if (rule.SourcePattern.Length == 0)
            return RuleProblem.WithoutPattern;
        if (!ColumnLimits.SourcePattern.Fits(rule.SourcePattern))
            return RuleProblem.PatternTooLong(rule);
        if (Expression().IsMatch(rule.SourcePattern))
            return RuleProblem.PatternIsExpression(rule);
        if (rule.TargetSipUri is not { } uri)
            return rule.Action == "forward" ? RuleProblem.ForwardWithoutTarget(rule) : null;
        return RuleTarget.Parse(uri) is { } target ? targets.Objection(rule, target) : RuleProblem.TargetMalformed(rule);
    }

    [GeneratedRegex(@"[\]^$(){}|+\\[]|[.][*?]")]
    private static partial Regex Expression();
}
