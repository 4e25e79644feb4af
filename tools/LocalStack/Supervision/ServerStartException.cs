namespace Neolia.LocalStack.Supervision;

/// <summary>A server did not come up. The message ends with the last lines of its log.</summary>
public sealed class ServerStartException(string message, string logTail, Exception? inner = null)
    : Exception($"{message}\n--- last lines of its log ---\n{logTail}", inner)
{
    // kamailio, PostgreSQL, MariaDB, Kestrel and Node each say it with strerror's text or the symbol.
    private static readonly string[] PortLost =
        ["address already in use", "EADDRINUSE", "errno: 98", "failed to bind", "could not bind"];

    /// <summary>Somebody else took the port between our look and the server's bind: worth another try.</summary>
    public bool LostItsPort => PortLost.Any(text => logTail.Contains(text, StringComparison.OrdinalIgnoreCase));
}
