using System.Text.Json.Serialization;

namespace Neolia.Functions.Hosting;

/// <summary>The body of every answer that is not a success: what is wrong and what to do.</summary>
/// <param name="Details">One sentence for each fault of the request.</param>
internal sealed record ErrorAnswer(string Error, IReadOnlyList<string> Details)
{
    public bool Success { get; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErrorAnswer))]
internal sealed partial class HostingJson : JsonSerializerContext;
