using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Claiming;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;

namespace Neolia.Database.Tests.Draining;

/// <summary>What a turn that was cut off holds does not wait for its lease, which here lasts longer than any deadline.</summary>
public sealed class InterruptedTurnTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private DrainRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await DrainRig.CreateAsync(supabase, mariaDb);
        _rig.Options.Lease = Long;
        await _rig.Dashboard.CreateAccountsAsync(await _rig.Dashboard.CreateUnitAsync(), "many", 20);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("read")]
    [InlineData("apply")]
    [InlineData("acknowledge")]
    public async Task Turn_that_is_cut_off_when_the_process_ends_gives_its_lease_back(string before)
    {
        using var end = new CancellationTokenSource();
        var worker = _rig.NewWorker(before switch
        {
            "read" => new Stalls { BeforeRead = end.CancelAsync },
            "apply" => new Stalls { BeforeApply = end.CancelAsync },
            _ => new Stalls { BeforeAcknowledge = end.CancelAsync },
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => worker.Turn.RunAsync(thorough: true, end.Token));
        Assert.NotEqual("0", await LeasesAsync());
        await worker.Turn.GiveBackAsync(TestContext.Current.CancellationToken);

        Assert.Equal("0", await LeasesAsync());
        await _rig.NewWorker().DrainAsync();
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Claim_that_was_done_and_not_answered_is_taken_along_by_the_next_one()
    {
        await using var database = SupabaseDatabase.Open(_rig.SupabaseOptions, _rig.Secrets);
        var statements = new Deaf(new ClaimStatements(database));
        using var claimer = new Claimer(statements, TimeProvider.System);
        statements.IsDeaf = true;
        await Assert.ThrowsAsync<IOException>(() => claimer.ClaimDueAsync(400, Long, thorough: true, TestContext.Current.CancellationToken));
        Assert.Equal("21", await LeasesAsync());

        statements.IsDeaf = false;
        var lease = await claimer.ClaimDueAsync(400, Long, thorough: true, TestContext.Current.CancellationToken);
        Assert.Equal(21, lease.Subjects.Count);

        Assert.Empty((await claimer.ClaimDueAsync(400, Long, thorough: true, TestContext.Current.CancellationToken)).Subjects);
    }

    private Task<string> LeasesAsync() => _rig.Postgres.ValueAsync("select count(*) from kamailio_sync.queue where lease_id is not null");

    /// <summary>Asks, and does not hear the answer.</summary>
    private sealed class Deaf(IClaimStatements statements) : IClaimStatements
    {
        public bool IsDeaf { get; set; }

        public async Task<Claimed> ClaimAsync(Guid lease, int limit, TimeSpan duration, QueueKey from, CancellationToken cancellationToken)
        {
            var claimed = await statements.ClaimAsync(lease, limit, duration, from, cancellationToken);
            return IsDeaf ? throw new IOException("the server was killed") : claimed;
        }

        public Task<IReadOnlyList<Subject>> FreeAsync(Lease lease, CancellationToken cancellationToken) => statements.FreeAsync(lease, cancellationToken);
    }
}
