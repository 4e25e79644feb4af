using Neolia.Functions.Wording;

namespace Neolia.Functions.Hosting;

/// <summary>The language that a caller wants to be answered in.</summary>
internal static class Spoken
{
    /// <summary>By <c>Accept-Language</c>; the answer says which it is (RFC 9110, 8.5).</summary>
    public static Language AnswerLanguage(this HttpContext context)
    {
        var language = Languages.Preferred(context.Request.Headers.AcceptLanguage);
        context.Response.Headers.ContentLanguage = language == Language.French ? "fr" : "en";
        return language;
    }
}
