namespace Neolia.LocalStack.Browser;

/// <summary>A part of a page by its role and by what it is called (WAI-ARIA).</summary>
public sealed record Around(string Role, string Name)
{
    public static Around Dialog(string title) => new("dialog", title);

    public static Around Group(string name) => new("group", name);

    public static Around Region(string name) => new("region", name);
}
