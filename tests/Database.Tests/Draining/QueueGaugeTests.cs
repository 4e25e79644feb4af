using Microsoft.Extensions.Logging.Abstractions;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Draining;
using Neolia.Functions.Supabase;

namespace Neolia.Database.Tests.Draining;

public sealed class QueueGaugeTests(SupabaseFixture supabase, MariaDbFixture mariaDb)
{
    [Fact]
    public async Task Oldest_change_tells_how_long_people_wait_and_failed_ones_are_counted_apart()
    {
        await using var rig = await DrainRig.CreateAsync(supabase, mariaDb);
        await using var app = SupabaseDatabase.Open(rig.SupabaseOptions, rig.Secrets);
        var gauge = new QueueGauge(app, NullLogger<QueueGauge>.Instance);
        await rig.Postgres.ExecuteAsync("delete from kamailio_sync.queue");
        Assert.Equal(new QueueState(0, 0, 0), await gauge.ReadAsync(TestContext.Current.CancellationToken));

        await rig.Postgres.ExecuteAsync("""
            insert into kamailio_sync.queue (kind, subject_id, version, enqueued_at, next_attempt_at, lease_id, leased_until) values
              ('account', gen_random_uuid(), 1, now() - interval '10 seconds', now(), null, null),
              ('account', gen_random_uuid(), 2, now() - interval '20 minutes', now() + interval '5 minutes', gen_random_uuid(), now()),
              ('unit_rules', gen_random_uuid(), 3, now() - interval '3 days', 'infinity', null, null)
            """);
        var state = await gauge.ReadAsync(TestContext.Current.CancellationToken);

        Assert.Equal((2L, 1L), (state.Waiting, state.Failed));
        Assert.InRange(state.OldestSeconds, 1200, 1260);
    }
}
