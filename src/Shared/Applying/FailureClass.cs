using System.Net.Sockets;
using MySqlConnector;
using Neolia.Functions.Secrets;

namespace Neolia.Functions.Applying;

public enum FailureClass
{
    /// <summary>Kamailio's database can't be worked with at all; other rows would fare no better.</summary>
    Outage,

    /// <summary>Another transaction was in the way; the same work will succeed.</summary>
    Contention,

    /// <summary>The database refuses these very values; repeating can't help.</summary>
    BadRow,

    /// <summary>Anything else: may pass, so it is tried again.</summary>
    Unexpected,
}

/// <summary>Sorts failures of Kamailio's database, in the one place that knows MySQL's and MariaDB's codes.</summary>
public static class FailureClassifier
{
    public static FailureClass Classify(Exception exception) => exception switch
    {
        MySqlException mysql => Classify(mysql),
        SocketException or IOException or TimeoutException or MissingSecretException => FailureClass.Outage,
        _ when exception.InnerException is { } inner => Classify(inner),
        _ => FailureClass.Unexpected,
    };

    private static FailureClass Classify(MySqlException exception) => (int)exception.ErrorCode switch
    {
        // 1020: MariaDB 11's "record has changed since last read". 1062: a row of that name appeared meanwhile.
        1205 or 1213 or 1020 or 1062 => FailureClass.Contention,

        // Too many connections, of this user too; access denied, host not allowed, account locked; no such database.
        1040 or 1203 or 1226 or 1044 or 1045 or 1129 or 1130 or 3118 or 4151 or 1049 => FailureClass.Outage,

        // Shutdown, disk or table full, read-only server; a query, session or connection that the server ended.
        1053 or 1021 or 1114 or 1290 or 1836 or 1317 or 1927 or 1969 or 3024 or 3169 or 4031 => FailureClass.Outage,

        // Grants, tables or columns are missing: the installation's fault, not the row's.
        1142 or 1143 or 1146 or 1054 => FailureClass.Outage,

        // Null or no default, out of range, wrong or too long text, SIGNAL of a trigger, check constraints.
        1048 or 1364 or 1264 or 1265 or 1366 or 1406 or 1644 or 3819 or 4025 => FailureClass.BadRow,

        _ when exception.SqlState is "HY000" or null or "" && exception.InnerException is SocketException or IOException => FailureClass.Outage,
        _ when exception.ErrorCode is MySqlErrorCode.UnableToConnectToHost or MySqlErrorCode.CommandTimeoutExpired => FailureClass.Outage,
        _ when exception.SqlState?.StartsWith("08", StringComparison.Ordinal) == true => FailureClass.Outage,
        _ when exception.SqlState?.StartsWith("22", StringComparison.Ordinal) == true => FailureClass.BadRow,
        _ when exception.IsTransient => FailureClass.Outage,
        _ => FailureClass.Unexpected,
    };
}
