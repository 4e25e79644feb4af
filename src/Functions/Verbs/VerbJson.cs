using System.Text.Json;
using System.Text.Json.Serialization;

namespace Neolia.Functions.Verbs;

/// <summary>Answers of verbs to programs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FailureJson))]
[JsonSerializable(typeof(CheckJson))]
[JsonSerializable(typeof(DrainJson))]
[JsonSerializable(typeof(AccountJson))]
[JsonSerializable(typeof(SecureSubscribersJson))]
[JsonSerializable(typeof(AdoptJson))]
[JsonSerializable(typeof(MovePasswordHashesJson))]
[JsonSerializable(typeof(ReconcileJson))]
[JsonSerializable(typeof(SettingsJson))]
[JsonSerializable(typeof(EmptyPasswordJson))]
internal sealed partial class VerbJson : JsonSerializerContext
{
    /// <summary>An enum's value as answers spell it: <c>no_answer</c>.</summary>
    public static string Spell<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
