using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Neolia.Functions.Wording;

namespace Neolia.Functions.Enrolling;

/// <summary>
/// The page behind a link. What people typed into the dashboard is on it as text; its script and style are the two files
/// beside it and, by their hashes, nothing else runs.
/// </summary>
internal sealed partial class LinkPage : IResult
{
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);
    private static readonly string Frame = Read("link.html");
    private static readonly string Device = Read("device.html");
    private static readonly string Style = Read("link.css");
    private static readonly string Script = Read("link.js");

    private static readonly string Policy =
        $"default-src 'none'; script-src {HashOf(Script)}; style-src {HashOf(Style)}; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private readonly int _status;
    private readonly string _text;

    private LinkPage(int status, string text) => (_status, _text) = (status, text);

    public static LinkPage Of(EnrolmentPlace place, Language language) => new(StatusCodes.Status200OK, Framed(LinkWords.Title, language, Fill(Device, name => name switch
    {
        "site" => Html.Encode(place.Site),
        "building" => Html.Encode(place.Building),
        "unit" => Html.Encode(place.Unit),
        "device" => Html.Encode(place.Device),
        "device_type" => Html.Encode(LinkWords.DeviceType(place.DeviceType).In(language)),
        "script" => Script,
        _ => Html.Encode(LinkWords.Of(name).In(language)),
    })));

    public static LinkPage Dead(Language language) => Said(StatusCodes.Status404NotFound, LinkWords.NotValid, "dead", language);

    public static LinkPage TooOften(Language language) => Said(StatusCodes.Status429TooManyRequests, LinkWords.Title, "often", language);

    public static LinkPage Fault(int status, Language language) => Said(status, LinkWords.Title, "fault", language);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = _status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = Policy;
        return response.WriteAsync(_text, httpContext.RequestAborted);
    }

    private static LinkPage Said(int status, Sentence title, string word, Language language) =>
        new(status, Framed(title, language, $"<p role=\"alert\">{Html.Encode(LinkWords.Of(word).In(language))}</p>"));

    private static string Framed(Sentence title, Language language, string content) => Fill(Frame, name => name switch
    {
        "language" => language == Language.French ? "fr" : "en",
        "title" => Html.Encode(title.In(language)),
        "style" => Style,
        "content" => content,
        _ => throw new KeyNotFoundException(name),
    });

    /// <summary>In one go: what is filled in is not looked at again.</summary>
    private static string Fill(string template, Func<string, string> value) => Placeholder().Replace(template, match => value(match.Groups[1].Value));

    private static string HashOf(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    private static string Read(string name)
    {
        using var stream = typeof(LinkPage).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the program.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Placeholder();
}
