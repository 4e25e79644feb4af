using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Triggers;

/// <summary>
/// A session keeps the plans of its triggers. One that was made for a single row must not serve a bulk change: comparing
/// each of its rows with each takes minutes.
/// </summary>
public sealed class BulkAfterOneRowTests(BulkAfterOneRowTests.Crowd crowd) : IClassFixture<BulkAfterOneRowTests.Crowd>
{
    [Theory]
    [InlineData("sip_accounts", "id", "extension = '7'")]
    [InlineData("sip_accounts", "id", "username = 'renamed-' || username")]
    [InlineData("kamailio_sync.credentials", "account_id", "issued_at = clock_timestamp()")]
    [InlineData("sip_account_sync", "account_id", "state = 'synced', synced_at = clock_timestamp()")]
    [InlineData("sip_account_sync", "account_id", "state = 'failed', error_code = 'name_in_use'")]
    [InlineData("call_rules", "id", "priority = priority + 1")]
    [InlineData("sites", "id", "status = 'partial'")]
    public async Task A_bulk_change_after_a_single_one_takes_seconds(string table, string key, string change)
    {
        await using var session = await crowd.Project.SuperuserAsync();
        await session.ExecuteAsync("set statement_timeout = '20s'");
        Assert.Equal(1, await session.ExecuteAsync($"update {table} set {change} where {key} = (select min({key}::text)::uuid from {table})"));

        Assert.InRange(await session.ExecuteAsync($"update {table} set {change}"), Crowd.Size, int.MaxValue);
    }

    public sealed class Crowd(SupabaseFixture supabase) : IAsyncLifetime
    {
        public const int Size = 20_000;

        private const int RulesInUnit = 100;

        public ProjectFixture Project { get; } = new(supabase);

        public async ValueTask InitializeAsync()
        {
            await Project.InitializeAsync();
            var home = await Project.CreateResidenceAsync();
            await using var owner = await Project.OwnerAsync();
            await owner.ExecuteAsync($"insert into sites (name, user_id) select 'S', $1 from generate_series(1, {Size})", home.User);
            await owner.ExecuteAsync($"insert into units (building_id, number) select $1, 'R' || i from generate_series(1, {Size / RulesInUnit}) i", home.Building);
            await owner.ExecuteAsync($"insert into sip_accounts (unit_id, type) select $1, 'panel' from generate_series(1, {Size})", home.Unit);
            await owner.ExecuteAsync($"""
                insert into call_rules (unit_id, name, source_pattern, action)
                select u.id, 'N', '*', 'ring' from units u, generate_series(1, {RulesInUnit}) where u.number like 'R%'
                """);
        }

        public ValueTask DisposeAsync() => Project.DisposeAsync();
    }
}
