using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Triggers;

/// <summary>Rule P1: the versions of one subject grow in commit order.</summary>
public sealed class VersionOrderTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    // The obvious way, which draws the version before it waits for the row.
    private const string OneStatement = """
        create or replace function kamailio_sync.enqueue(p_kind text, p_subjects uuid[])
        returns void language sql security definer set search_path = '' as $$
          insert into kamailio_sync.queue (kind, subject_id, version, enqueued_at, next_attempt_at)
          select p_kind, s.id, nextval('kamailio_sync.version'), now(), now() from unnest(p_subjects) s (id) order by s.id
          on conflict (kind, subject_id) do update set version = excluded.version
        $$
        """;

    // Written while the queue row is held, so n counts in commit order.
    private const string Record = """
        insert into commits (version) select version from kamailio_sync.queue where kind = 'unit_rules' and subject_id = $1
        """;

    private const string Inversions = """
        select count(*) from (select version < lag(version) over (order by n) as inverted from commits) c where inverted
        """;

    [Fact]
    public async Task A_change_that_waited_for_another_gets_the_higher_version()
    {
        var (first, second) = await RaceAsync();

        Assert.True(second > first, $"committed {first}, then {second}");
    }

    [Fact]
    public async Task Drawing_the_version_before_the_wait_would_lose_the_later_change()
    {
        await using var owner = await project.OwnerAsync();
        var function = await owner.ScalarAsync<string>("select pg_get_functiondef('kamailio_sync.enqueue'::regproc)");
        await owner.ExecuteAsync(OneStatement);

        var (first, second) = await RaceAsync();
        await owner.ExecuteAsync(function);

        Assert.True(second < first, $"committed {first}, then {second}: the race of rule P1 was not met");
    }

    [Fact]
    public async Task Versions_grow_in_commit_order_under_load()
    {
        await using var owner = await project.OwnerAsync();
        await owner.ExecuteAsync("create table if not exists commits (n bigserial, version bigint); delete from commits");

        await LoadAsync(workers: 6, changes: 60);

        Assert.Equal(360, await owner.ScalarAsync<long>("select count(*) from commits"));
        Assert.Equal(0, await owner.ScalarAsync<long>(Inversions));
    }

    [Fact]
    public async Task The_load_would_show_versions_drawn_before_the_wait()
    {
        await using var owner = await project.OwnerAsync();
        await owner.ExecuteAsync("create table if not exists commits (n bigserial, version bigint); delete from commits");
        var function = await owner.ScalarAsync<string>("select pg_get_functiondef('kamailio_sync.enqueue'::regproc)");
        await owner.ExecuteAsync(OneStatement);

        await LoadAsync(workers: 6, changes: 60);
        await owner.ExecuteAsync(function);

        Assert.NotEqual(0, await owner.ScalarAsync<long>(Inversions));
    }

    /// <summary>Two transactions on the same unit through different rows, so that only the queue row makes one wait.</summary>
    private async Task<(long First, long Second)> RaceAsync()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await using var a = await project.OwnerAsync();
        await using var b = await project.OwnerAsync();
        await AddRulesAsync(owner, home.Unit, 2);

        await a.ExecuteAsync("begin");
        await a.ExecuteAsync("update call_rules set action = 'reject' where unit_id = $1 and name = '1'", home.Unit);
        var waiting = b.ExecuteAsync("update call_rules set action = 'reject' where unit_id = $1 and name = '2'", home.Unit);
        await b.BlockedAsync(owner);
        await a.ExecuteAsync("update call_rules set action = 'voicemail' where unit_id = $1 and name = '1'", home.Unit);
        var first = await QueueOf.VersionAsync(a, "unit_rules", home.Unit);
        await a.ExecuteAsync("commit");
        await waiting;

        return (first, await QueueOf.VersionAsync(owner, "unit_rules", home.Unit));
    }

    private async Task LoadAsync(int workers, int changes)
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await AddRulesAsync(owner, home.Unit, workers);

        await Task.WhenAll(Enumerable.Range(1, workers).Select(async worker =>
        {
            await using var session = await project.OwnerAsync();
            for (var i = 1; i <= changes; i++)
            {
                await session.ExecuteAsync("begin");
                // Who changes once may wait, and draw, while who changes twice draws again.
                foreach (var priority in i % 2 == 0 ? [i] : (int[])[i, -i])
                    await session.ExecuteAsync("update call_rules set priority = $3 where unit_id = $1 and name = $2", home.Unit, $"{worker}", priority);
                await session.ExecuteAsync(Record, home.Unit);
                await session.ExecuteAsync("commit");
            }
        }));
    }

    private static Task<int> AddRulesAsync(Session owner, Guid unit, int count) =>
        owner.ExecuteAsync("insert into call_rules (unit_id, name, source_pattern, action) select $1, n, '*', 'ring' from generate_series(1, $2) n", unit, count);
}
