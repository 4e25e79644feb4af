using System.Reflection;
using MySqlConnector;

namespace Neolia.ProtocolModel.Scheduling;

internal enum Fault
{
    None,

    /// <summary>The connection breaks before the statement reaches the server.</summary>
    ConnectionLost,

    /// <summary>The statement is done, and the connection breaks before its answer comes.</summary>
    AnswerLost,

    /// <summary>The server chooses this transaction as a deadlock's victim.</summary>
    Deadlock,
}

internal static class Faults
{
    /// <param name="isWaiting">Who waits for a lock and can't have it gets the time-out of lock waits instead.</param>
    public static Exception ToException(this Fault fault, bool isWaiting) => fault switch
    {
        Fault.Deadlock => MySql(MySqlErrorCode.LockDeadlock),
        _ when isWaiting => MySql(MySqlErrorCode.LockWaitTimeout),
        _ => new IOException("The connection broke."),
    };

    public static MySqlException MySql(MySqlErrorCode code) =>
        (MySqlException)typeof(MySqlException)
            .GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, [typeof(MySqlErrorCode), typeof(string), typeof(string), typeof(Exception)])!
            .Invoke([code, "HY000", code.ToString(), null]);
}
