using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Neolia.Functions.Logging;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Enrolling;

/// <summary>
/// Brings refusals to the log of activities, behind the answer: a write before it would tell by its time which links
/// exist. Bounded, and with it what somebody can make us write who tries links without end; what doesn't fit, or dies with
/// the process, is only counted.
/// </summary>
public sealed class RefusalNotes(SupabaseDatabase supabase, ILogger<RefusalNotes> logger)
{
    private const int MostAtOnce = 100;
    private const string Note = "select kamailio_sync.note_refused_enrolments($1)";

    private readonly Channel<Guid> _waiting = Channel.CreateBounded<Guid>(
        new BoundedChannelOptions(MostAtOnce) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Add(Guid link) => _waiting.Writer.TryWrite(link);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var links = new HashSet<Guid>();
        while (await _waiting.Reader.WaitToReadAsync(cancellationToken))
        {
            links.Clear();
            while (links.Count < MostAtOnce && _waiting.Reader.TryRead(out var link))
                links.Add(link);
            try
            {
                await NoteAsync(links, cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // Nothing hangs on it, and the next ones may find the database again.
                logger.RefusalsNotNoted(links.Count, exception.GetType().Name, (exception as PostgresException)?.SqlState);
            }
        }
    }

    private async Task NoteAsync(IEnumerable<Guid> links, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Note, connection);
        command.AddIds(links);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
