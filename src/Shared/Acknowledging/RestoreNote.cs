using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Acknowledging;

/// <summary>
/// That Supabase's database went back in time shows only in its sequence, which stands below Kamailio's fences; raising it
/// (rule M2) ends that. So what is to follow, a comparison of everything, is written down first: who dies in between, or
/// was a drain that renews a few subjects, leaves it to the next look. In a transaction of its own, because raising a
/// sequence is not undone by a rollback.
/// </summary>
internal static class RestoreNote
{
    private const string WriteIfSequenceIsBehind = """
        insert into kamailio_sync.kamailio_progress as p (greatest_version, is_compared)
        select 0, false from kamailio_sync.version s where s.last_value + s.is_called::int <= $1
        on conflict (only_row) do update set is_compared = false
        """;

    /// <param name="fence">What the sequence is about to be raised above.</param>
    public static async Task WriteAsync(NpgsqlConnection connection, long fence, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(WriteIfSequenceIsBehind, connection);
        command.Parameters.Add(new() { Value = fence, NpgsqlDbType = NpgsqlDbType.Bigint });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
