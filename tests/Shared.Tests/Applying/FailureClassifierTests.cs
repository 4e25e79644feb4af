using System.Net.Sockets;
using MySqlConnector;
using Neolia.Functions.Applying;

namespace Neolia.Functions.Tests.Applying;

public sealed class FailureClassifierTests
{
    [Theory]
    [InlineData(1205, "HY000", FailureClass.Contention)] // lock wait time-out
    [InlineData(1213, "40001", FailureClass.Contention)] // deadlock
    [InlineData(1020, "HY000", FailureClass.Contention)] // record has changed since last read
    [InlineData(1062, "23000", FailureClass.Contention)] // duplicate: a guest appeared meanwhile
    [InlineData(1040, "08004", FailureClass.Outage)] // too many connections
    [InlineData(1203, "42000", FailureClass.Outage)] // too many connections of this user
    [InlineData(1226, "42000", FailureClass.Outage)] // this user has used up a resource
    [InlineData(1044, "42000", FailureClass.Outage)] // access to the database denied
    [InlineData(1045, "28000", FailureClass.Outage)] // wrong password
    [InlineData(1129, "HY000", FailureClass.Outage)] // host blocked
    [InlineData(1130, "HY000", FailureClass.Outage)] // host not allowed
    [InlineData(1049, "42000", FailureClass.Outage)] // no such database
    [InlineData(1053, "08S01", FailureClass.Outage)] // shutdown in progress
    [InlineData(1021, "HY000", FailureClass.Outage)] // disk full
    [InlineData(1114, "HY000", FailureClass.Outage)] // table full
    [InlineData(1290, "HY000", FailureClass.Outage)] // read-only
    [InlineData(1836, "HY000", FailureClass.Outage)] // read-only mode
    [InlineData(1317, "70100", FailureClass.Outage)] // query killed
    [InlineData(1927, "70100", FailureClass.Outage)] // connection killed (MariaDB)
    [InlineData(1158, "08S01", FailureClass.Outage)] // error reading packets
    [InlineData(1969, "70100", FailureClass.Outage)] // max_statement_time (MariaDB)
    [InlineData(3024, "HY000", FailureClass.Outage)] // max_execution_time (MySQL)
    [InlineData(4031, "HY000", FailureClass.Outage)] // disconnected for inactivity (MySQL)
    [InlineData(4151, "HY000", FailureClass.Outage)] // account locked (MariaDB)
    [InlineData(3118, "HY000", FailureClass.Outage)] // account locked (MySQL)
    [InlineData(1142, "42000", FailureClass.Outage)] // a grant is missing
    [InlineData(1143, "42000", FailureClass.Outage)] // a grant on a column is missing
    [InlineData(1146, "42S02", FailureClass.Outage)] // a table is missing
    [InlineData(1054, "42S22", FailureClass.Outage)] // a column is missing
    [InlineData(1048, "23000", FailureClass.BadRow)] // null
    [InlineData(1364, "HY000", FailureClass.BadRow)] // no default
    [InlineData(1264, "22003", FailureClass.BadRow)] // out of range
    [InlineData(1265, "01000", FailureClass.BadRow)] // data truncated
    [InlineData(1366, "22007", FailureClass.BadRow)] // wrong text
    [InlineData(1406, "22001", FailureClass.BadRow)] // too long
    [InlineData(1644, "45000", FailureClass.BadRow)] // signal of a trigger
    [InlineData(3819, "HY000", FailureClass.BadRow)] // check constraint (MySQL)
    [InlineData(4025, "23000", FailureClass.BadRow)] // check constraint (MariaDB)
    [InlineData(1367, "22007", FailureClass.BadRow)] // any other data exception
    [InlineData(1064, "42000", FailureClass.Unexpected)] // syntax: a fault of this program
    public void Codes_of_the_server_are_sorted(int code, string sqlState, FailureClass expected) =>
        Assert.Equal(expected, FailureClassifier.Classify(Failures.Of(code, sqlState)));

    public static TheoryData<string, Exception, FailureClass> Others => new()
    {
        { "connection refused", Failures.Of((int)MySqlErrorCode.UnableToConnectToHost, null), FailureClass.Outage },
        { "command time-out", Failures.Of((int)MySqlErrorCode.CommandTimeoutExpired, null), FailureClass.Outage },
        { "connection lost", Failures.Of(0, null, new IOException()), FailureClass.Outage },
        { "socket", new SocketException(), FailureClass.Outage },
        { "end of stream", new EndOfStreamException(), FailureClass.Outage },
        { "time-out", new TimeoutException(), FailureClass.Outage },
        { "wrapped", new InvalidOperationException("", Failures.Of(1213, "40001")), FailureClass.Contention },
        { "a fault of this program", new InvalidOperationException(), FailureClass.Unexpected },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Other_failures_are_sorted(string what, Exception failure, FailureClass expected)
    {
        Assert.NotEmpty(what);
        Assert.Equal(expected, FailureClassifier.Classify(failure));
    }
}
