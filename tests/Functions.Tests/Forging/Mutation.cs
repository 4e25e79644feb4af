namespace Neolia.Functions.Tests.Forging;

/// <summary>Small damage to a text or a body, always another one than before.</summary>
internal static class Mutation
{
    public static string FlipBit(this Random random, string text)
    {
        var letters = text.ToCharArray();
        letters[random.Next(letters.Length)] ^= (char)(1 << random.Next(7));
        return new string(letters);
    }

    public static byte[] FlipBit(this Random random, byte[] bytes)
    {
        byte[] flipped = [.. bytes];
        flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
        return flipped;
    }

    public static string Truncate(this Random random, string text) => text[..random.Next(text.Length)];

    public static string DropLetter(this Random random, string text) => text.Remove(random.Next(text.Length), 1);

    public static string DoubleLetter(this Random random, string text)
    {
        var at = random.Next(text.Length);
        return text.Insert(at, text[at].ToString());
    }

    public static T Pick<T>(this Random random, IReadOnlyList<T> among) => among[random.Next(among.Count)];
}
