namespace Neolia.Functions.Wording;

/// <summary>What is said to people, in every language that answers are given in.</summary>
public sealed record Sentence(string English, string French)
{
    /// <summary>The one that fits the number.</summary>
    public static Sentence Of(long count, Sentence one, Sentence many) => count == 1 ? one : many;

    /// <summary>Both, one after the other.</summary>
    public static Sentence operator +(Sentence first, Sentence then) => new(first.English + then.English, first.French + then.French);

    public string In(Language language) => language == Language.French ? French : English;
}
