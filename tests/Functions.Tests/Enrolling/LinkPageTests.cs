using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Neolia.Functions.Enrolling;
using Neolia.Functions.Wording;

namespace Neolia.Functions.Tests.Enrolling;

/// <summary>The page as a browser gets it.</summary>
public sealed partial class LinkPageTests
{
    private static readonly EnrolmentPlace Place = new("Les Tilleuls", "A", "401", "panel", "Entrée");

    [Theory]
    [InlineData(Language.French, "fr", "Configurer cet appareil", "Résidence", "Écran mural")]
    [InlineData(Language.English, "en", "Set up this device", "Residence", "Wall panel")]
    internal async Task It_says_for_which_flat_and_device_it_is(Language language, string tag, params string[] words)
    {
        var page = await RenderAsync(LinkPage.Of(Place, language));

        Assert.Equal((200, "text/html; charset=utf-8"), (page.Status, page.Type));
        Assert.Contains($"<html lang=\"{tag}\">", page.Text, StringComparison.Ordinal);
        Assert.All([.. words, "Les Tilleuls", "401", "Entrée"], word => Assert.Contains(word, page.Text, StringComparison.Ordinal));
        Assert.DoesNotContain("{{", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("</title></style></script><svg onload='alert(1)'>")]
    [InlineData("{{script}} {{password}} {{nonsense}}")]
    [InlineData("&lt;b&gt; &amp;")]
    public async Task What_people_typed_stays_text(string typed)
    {
        var plain = await RenderAsync(LinkPage.Of(new EnrolmentPlace("S", "B", "U", "panel", "D"), Language.English));

        var page = await RenderAsync(LinkPage.Of(new EnrolmentPlace(typed, typed, typed, typed, typed), Language.English));

        Assert.Equal(Tag().Count(plain.Text), Tag().Count(page.Text));
        Assert.Equal(4, Regex.Count(System.Net.WebUtility.HtmlDecode(page.Text), Regex.Escape($"<dd>{typed}</dd>")));
        Assert.Equal(plain.Policy, page.Policy);
    }

    [Fact]
    public async Task Nothing_runs_but_its_own_script_and_style()
    {
        var page = await RenderAsync(LinkPage.Of(Place, Language.English));
        var policy = page.Policy.Split("; ").Select(d => d.Split(' ', 2)).ToDictionary(d => d[0], d => d[1]);

        Assert.Equal("'none'", policy["default-src"]);
        Assert.Equal(HashOf(Script().Match(page.Text).Groups[1].Value), policy["script-src"]);
        Assert.Equal(HashOf(Style().Match(page.Text).Groups[1].Value), policy["style-src"]);
        Assert.Equal("'self'", policy["connect-src"]);
        Assert.Equal(("'none'", "'none'", "'none'"), (policy["base-uri"], policy["form-action"], policy["frame-ancestors"]));
        Assert.DoesNotMatch(@"\son\w+=|style=|https?://|src=", page.Text);
    }

    [Theory]
    [InlineData(Language.French)]
    [InlineData(Language.English)]
    internal async Task A_dead_link_and_too_many_attempts_have_pages_of_their_own(Language language)
    {
        var (dead, often) = (await RenderAsync(LinkPage.Dead(language)), await RenderAsync(LinkPage.TooOften(language)));

        Assert.Equal((404, 429), (dead.Status, often.Status));
        Assert.All([dead, often], page =>
        {
            Assert.DoesNotContain("<script", page.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("{{", page.Text, StringComparison.Ordinal);
            Assert.Contains("role=\"alert\"", page.Text, StringComparison.Ordinal);
        });
    }

    private static string HashOf(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    private static async Task<(int Status, string? Type, string Policy, string Text)> RenderAsync(LinkPage page)
    {
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { Response = { Body = body } };
        await page.ExecuteAsync(http);
        return (http.Response.StatusCode, http.Response.ContentType, http.Response.Headers.ContentSecurityPolicy.ToString(), Encoding.UTF8.GetString(body.ToArray()));
    }

    [GeneratedRegex("<[a-z/!]")]
    private static partial Regex Tag();

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();
}
