using System.Diagnostics;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Draining;

/// <summary>
/// Marks subjects dirty that did not change: someone asks again. In small statements that skip what somebody holds, so
/// that it never stands in a user's way (rule P6).
/// </summary>
public sealed class DirtyMarks(SupabaseDatabase supabase)
{
    private const int BatchSize = 500;

    private const string MarkAgain = "select kamailio_sync.mark_again($1, $2)";

    /// <summary>False when the time was up before everything was marked.</summary>
    public async Task<bool> MarkAgainAsync(IEnumerable<Subject> subjects, TimeSpan budget, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var (kind, batch) in subjects.GroupBy(s => s.Kind).SelectMany(g => g.Select(s => s.Id).Chunk(BatchSize).Select(b => (g.Key, b))))
        {
            if (budget != Timeout.InfiniteTimeSpan && Stopwatch.GetElapsedTime(started) > budget)
                return false;
            await using var connection = await supabase.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand(MarkAgain, connection);
            command.Parameters.Add(new() { Value = kind.ToQueueText(), NpgsqlDbType = NpgsqlDbType.Text });
            command.AddIds(batch);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        return true;
    }
}
