using System.Text.RegularExpressions;

namespace Neolia.Functions.Applying;

/// <summary>Where a call rule sends a call: <c>sip:user@host[:port]</c>.</summary>
/// <param name="Uri">The whole address.</param>
/// <param name="Place"><c>host[:port]</c></param>
public readonly partial record struct RuleTarget(string Uri, string Place)
{
    /// <summary>How the operator's list names everybody at this place.</summary>
    public string Everybody => $"sip:{Place}";

    /// <summary>The migration call_rule_checks refuses the same when it is written.</summary>
    public static RuleTarget? Parse(string uri) =>
        ColumnLimits.TargetUri.Fits(uri) && SipAddress().Match(uri) is { Success: true } match
        && (!match.Groups["port"].Success || int.Parse(match.Groups["port"].ValueSpan, null) <= ushort.MaxValue)
            ? new RuleTarget(uri, match.Groups["place"].Value)
            : null;

    [GeneratedRegex(@"^sip:[A-Za-z0-9._%+-]{1,64}@(?<place>[a-z0-9]([a-z0-9-]*[a-z0-9])?([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:(?<port>[1-9][0-9]{0,4}))?)\z")]
    private static partial Regex SipAddress();
}
