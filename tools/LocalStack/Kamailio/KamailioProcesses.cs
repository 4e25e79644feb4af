using System.Globalization;

namespace Neolia.LocalStack.Kamailio;

/// <summary>The processes of one running Kamailio, and which of them have their own connection to the database.</summary>
internal static class KamailioProcesses
{
    /// <summary>
    /// Process ids of those without. A process that can't connect while it starts takes the whole server down, so an
    /// outage of the database may not begin before all have; only the one that accepts TCP connections never does.
    /// </summary>
    public static IReadOnlyList<int> WithoutDatabase(int mainProcessId, int databasePort)
    {
        var connections = ConnectionsTo(databasePort);
        connections.ExceptWith(SocketsOf(mainProcessId)); // A child has those, too, and can't use them.
        return [.. ChildrenOf(mainProcessId).Where(child => !connections.Overlaps(SocketsOf(child)))];
    }

    private static IEnumerable<int> ChildrenOf(int processId) =>
        File.ReadAllText($"/proc/{processId}/task/{processId}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(child => int.Parse(child, CultureInfo.InvariantCulture));

    // Lines of proc_net_tcp(5): number, local address:port, remote address:port, state (01 = established), …, inode.
    private static HashSet<string> ConnectionsTo(int port)
    {
        var remote = string.Create(CultureInfo.InvariantCulture, $"0100007F:{port:X4}");
        return [.. File.ReadLines("/proc/net/tcp")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields[2] == remote && fields[3] == "01")
            .Select(fields => $"socket:[{fields[9]}]")];
    }

    private static IEnumerable<string> SocketsOf(int processId) =>
        new DirectoryInfo($"/proc/{processId}/fd").EnumerateFiles().Select(descriptor => descriptor.LinkTarget ?? "");
}
