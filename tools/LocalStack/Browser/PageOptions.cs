namespace Neolia.LocalStack.Browser;

/// <summary>What somebody looks at a page with.</summary>
public sealed record PageOptions
{
    public int Width { get; init; } = 1100;

    public int Height { get; init; } = 800;

    /// <summary>True: the device prefers dark pages.</summary>
    public bool Dark { get; init; }

    /// <summary>What the browser asks pages for, in Accept-Language.</summary>
    public string Locale { get; init; } = "fr-FR";

    /// <summary>Tables that a stand-in for Realtime watches; null: nobody answers there, as on the local stack.</summary>
    public IReadOnlyList<string>? Realtime { get; init; }
}
