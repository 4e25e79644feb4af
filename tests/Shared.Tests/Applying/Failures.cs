using System.Reflection;
using MySqlConnector;

namespace Neolia.Functions.Tests.Applying;

internal static class Failures
{
    /// <summary>A failure as MySqlConnector reports it; it lets nobody else make one.</summary>
    public static MySqlException Of(int code, string? sqlState = "HY000", Exception? inner = null) =>
        (MySqlException)typeof(MySqlException)
            .GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, [typeof(MySqlErrorCode), typeof(string), typeof(string), typeof(Exception)])!
            .Invoke([(MySqlErrorCode)code, sqlState, "the server quotes ha1=0123", inner]);
}
