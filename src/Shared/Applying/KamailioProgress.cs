using Neolia.Functions.Kamailio;

namespace Neolia.Functions.Applying;

/// <summary>
/// The greatest version that Kamailio's database has seen, written with the fences that move to it. Reconcile sees by it
/// whether a backup was restored (rule M2), without looking through all fences.
/// </summary>
internal static class KamailioProgress
{
    // The last lock of a transaction, so that nobody who waits for it holds it up. In a row of its own for most of the
    // connections: who writes it holds it until the commit has reached the disk.
    private const string Raise = """
        insert into neolia_progress (slot, version) values (connection_id() % 16, ?)
        on duplicate key update version = greatest(version, values(version))
        """;

    public const string ReadGreatest = "select coalesce(max(version), 0) from neolia_progress";

    public static Statement AppendProgress(this Statement statement, long version) => statement.Append(Raise, version).Append(";\n");
}
