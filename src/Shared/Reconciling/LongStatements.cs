using MySqlConnector;

namespace Neolia.Functions.Reconciling;

/// <summary>A connection's own timeout is for short work; statements over whole tables have the setting's.</summary>
internal static class LongStatements
{
    public static MySqlCommand LongCommand(this ReconcileOptions options, string sql, MySqlConnection connection) =>
        new(sql, connection) { CommandTimeout = (int)options.StatementTimeout.TotalSeconds };
}
