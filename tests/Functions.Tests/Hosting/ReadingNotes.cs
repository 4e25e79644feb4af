using Microsoft.Extensions.Configuration;

namespace Neolia.Functions.Tests.Hosting;

/// <summary>Notes what is asked for, and knows nothing: asked first, it lets the others answer.</summary>
internal sealed class ReadingNotes : ConfigurationProvider, IConfigurationSource
{
    // .NET's own, which anybody may set.
    private static readonly string[] Framework =
    [
        "Logging", "Kestrel", "URLS", "HTTP_PORTS", "HTTPS_PORTS", "AllowedHosts", "ContentRoot",
        "servicesStartConcurrently", "servicesStopConcurrently", "startupTimeoutSeconds", "shutdownTimeoutSeconds",
    ];

    private readonly HashSet<string> _keys = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Without sections, which are asked for a value of their own before their keys are.</summary>
    public IReadOnlySet<string> Keys => _keys
        .Where(key => !IsFramework(key) && !_keys.Any(other => other.StartsWith($"{key}:", StringComparison.OrdinalIgnoreCase)))
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override bool TryGet(string key, out string? value)
    {
        lock (_keys)
            _keys.Add(key);
        value = null;
        return false;
    }

    /// <summary>A section without anything in it would not be bound, and nothing of it asked for.</summary>
    public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
        parentPath is null || IsFramework(parentPath) ? earlierKeys : earlierKeys.Append("something");

    private static bool IsFramework(string key) => Framework.Contains(key.Split(':')[0], StringComparer.OrdinalIgnoreCase);
}
