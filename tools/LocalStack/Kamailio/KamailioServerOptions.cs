namespace Neolia.LocalStack.Kamailio;

public sealed record KamailioServerOptions
{
    /// <summary>Another configuration than the repository's; one file that includes neolia-local.cfg, on UDP and TCP only.</summary>
    public string? Configuration { get; init; }

    /// <summary>
    /// Further values of neolia-local.cfg by name, written as they are: <c>["NEOLIA_MAX_CONTACTS"] = "5"</c>; text
    /// carries its quotes, a switch is "".
    /// </summary>
    public IReadOnlyDictionary<string, string> Defines { get; init; } = new Dictionary<string, string>();
}
