using System.Net.Http.Headers;
using System.Text.Json;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>One HTTP answer, read to its end.</summary>
internal sealed record Answer(int Status, string Text, HttpResponseHeaders Headers, MediaTypeHeaderValue? ContentType, string? Language)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public JsonElement this[string field] => Json.GetProperty(field);

    /// <summary>Texts of an array such as <c>errors</c>.</summary>
    public IReadOnlyList<string> Texts(string field) => [.. this[field].EnumerateArray().Select(text => text.GetString()!)];

    /// <summary>Names and kinds of the fields of an object, such as <c>success:True</c>, in order.</summary>
    public static IEnumerable<string> ShapeOf(JsonElement json) =>
        json.EnumerateObject().Select(field => $"{field.Name}:{Kind(field.Value)}").Order(StringComparer.Ordinal);

    public static async Task<Answer> OfAsync(HttpResponseMessage response, CancellationToken cancellationToken) => new(
        (int)response.StatusCode,
        await response.Content.ReadAsStringAsync(cancellationToken),
        response.Headers,
        response.Content.Headers.ContentType,
        response.Content.Headers.ContentLanguage.SingleOrDefault());

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Number => value.TryGetInt32(out _) ? "int" : "number",
        JsonValueKind.String => "string",
        JsonValueKind.Array => value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) ? "string[]" : "array",
        _ => value.ValueKind.ToString(),
    };
}
