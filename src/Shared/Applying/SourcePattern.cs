using System.Text;

namespace Neolia.Functions.Applying;

/// <summary>Call rules name their callers by a glob; Kamailio asks its database with <c>like</c>, escaped by <c>\</c>.</summary>
public static class SourcePattern
{
    /// <summary><c>*</c> becomes <c>%</c>, <c>?</c> becomes <c>_</c>; what <c>like</c> would take for a wildcard is escaped.</summary>
    public static string ToLike(string glob)
    {
        var like = new StringBuilder(glob.Length + 8);
        foreach (var character in glob)
        {
            _ = character switch
            {
                '*' => like.Append('%'),
                '?' => like.Append('_'),
                '%' or '_' or '\\' => like.Append('\\').Append(character),
                _ => like.Append(character),
            };
        }

        return like.ToString();
    }
}
