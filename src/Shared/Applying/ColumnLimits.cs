namespace Neolia.Functions.Applying;

/// <summary>
/// How many characters the text columns of <c>neolia_*</c> hold where Supabase's have no limit. Looked at before anything
/// is sent: a text of megabytes would break the connection, and be taken for an outage by everybody else in its batch.
/// </summary>
public static class ColumnLimits
{
    public static readonly ColumnLimit Extension = new(64);
    public static readonly ColumnLimit UnitNumber = new(64);
    public static readonly ColumnLimit TargetUri = new(255);

    /// <summary>Each character may become two of <c>source_like</c>.</summary>
    public static readonly ColumnLimit SourcePattern = new(255);
}

public readonly record struct ColumnLimit(int Characters)
{
    public bool Fits(string? text) =>
        text is null || text.Length <= Characters || (text.Length <= 2 * Characters && text.EnumerateRunes().Count() <= Characters);
}
