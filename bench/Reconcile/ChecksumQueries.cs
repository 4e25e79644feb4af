using System.Diagnostics;
using Microsoft.Extensions.Options;
using Neolia.Bench.Towns;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Reconciling;
using Neolia.Functions.Secrets;
using Neolia.Functions.Supabase;

namespace Neolia.Bench.Reconcile;

/// <summary>The limit: the checksum queries by themselves, in both databases at the same moment.</summary>
internal sealed class ChecksumQueries(DrainedTown town) : IAsyncDisposable
{
    private readonly SupabaseDatabase _supabase = SupabaseDatabase.Open(
        new SupabaseOptions { ConnectionString = town.Stack.Project.AppConnectionStringWithoutPassword }, new StackSecrets(town));

    private readonly KamailioDatabase _kamailio = KamailioDatabase.Open(
        new KamailioOptions { ConnectionString = town.Stack.KamailioDatabase.AppConnectionStringWithoutPassword }, new StackSecrets(town));

    /// <summary>The slower of the two bounds a run.</summary>
    public async Task<(double Postgres, double MySql)> TimeAsync(CancellationToken cancellationToken)
    {
        var options = Options.Create(new ReconcileOptions());
        var desired = TimeAsync(() => new DesiredDigests(_supabase, Options.Create(new KamailioOptions()), options).ComputeChecksumsAsync(cancellationToken));
        var applied = TimeAsync(() => new AppliedDigests(_kamailio, options).ComputeChecksumsAsync(cancellationToken));
        return (await desired, await applied);
    }

    public async ValueTask DisposeAsync()
    {
        await _supabase.DisposeAsync();
        await _kamailio.DisposeAsync();
    }

    private static async Task<double> TimeAsync(Func<Task> query)
    {
        var started = Stopwatch.GetTimestamp();
        await query();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private sealed class StackSecrets(DrainedTown town) : ISecrets
    {
        public string? Trouble => null;

        public string? Read(Secret secret) => secret switch
        {
            Secret.SupabasePassword => town.Stack.Project.AppPassword,
            Secret.KamailioPassword => town.Stack.KamailioDatabase.AppPassword,
            _ => null,
        };

        public Task RefreshAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
