using Neolia.Functions.Wording;

namespace Neolia.Functions.Hosting;

/// <summary>Metadata of an endpoint that people look at in a browser: its own page for a fault, instead of JSON.</summary>
/// <param name="Of">The page for a status, in a language.</param>
internal sealed record FaultPage(Func<int, Language, IResult> Of);
