namespace Neolia.Functions.Activity;

/// <summary>Settings <c>Activity__*</c>: what the dashboard's log of activities holds.</summary>
public sealed class ActivityOptions
{
    public const string Section = "Activity";

    /// <summary>Language of the sentences: <c>fr</c> or <c>en</c>. They are written once, for all who read them.</summary>
    public string Language { get; set; } = "fr";

    /// <summary>How long the log is kept.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(90);

    /// <summary>More events than these of one kind, site and asker within a period share a row; fewer have one each.</summary>
    public int GroupAbove { get; set; } = 10;
}
