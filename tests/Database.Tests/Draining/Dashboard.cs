using Neolia.Functions.Credentials;
using Neolia.Functions.Subjects;
using Npgsql;

namespace Neolia.Database.Tests.Draining;

/// <summary>Changes rows in Supabase as the dashboard does.</summary>
public sealed class Dashboard(NpgsqlDataSource postgres)
{
    public const string Domain = "sip.neolia.app";

    private readonly Guid _user = Guid.NewGuid();

    public async Task<Guid> CreateSiteAsync()
    {
        await postgres.ExecuteAsync($"insert into auth.users (id) values ('{_user}') on conflict do nothing");
        return await InsertAsync($"insert into sites (name, user_id) values ('Residence', '{_user}') returning id");
    }

    public Task<Guid> CreateBuildingAsync(Guid site) => InsertAsync($"insert into buildings (site_id, name) values ('{site}', 'A') returning id");

    public Task<Guid> CreateUnitAsync(Guid building, string number = "401") =>
        InsertAsync($"insert into units (building_id, number) values ('{building}', '{number}') returning id");

    /// <summary>A unit in a building and a site of its own.</summary>
    public async Task<Guid> CreateUnitAsync(string number = "401") => await CreateUnitAsync(await CreateBuildingAsync(await CreateSiteAsync()), number);

    public Task<Guid> CreateAccountAsync(Guid unit, string username, string type = "panel", bool enabled = true) =>
        InsertAsync($"insert into sip_accounts (unit_id, username, type, enabled) values ('{unit}', '{username}', '{type}', {enabled}) returning id");

    /// <summary>Many accounts <c>prefix-000</c>, <c>prefix-001</c>… in one statement.</summary>
    public async Task<IReadOnlyList<Guid>> CreateAccountsAsync(Guid unit, string prefix, int count) =>
        [.. (await postgres.RowsAsync($"""
            insert into sip_accounts (unit_id, username, type)
            select '{unit}', '{prefix}-' || to_char(i, 'FM000'), 'panel' from generate_series(0, {count - 1}) i
            returning id
            """)).Select(Guid.Parse)];

    public Task<Guid> CreateRuleAsync(Guid unit, string pattern, string action = "ring", int priority = 0) =>
        InsertAsync($"insert into call_rules (unit_id, name, source_pattern, action, priority) values ('{unit}', 'Rule', '{pattern}', '{action}', {priority}) returning id");

    public Task<Guid> CreateForwardAsync(Guid unit, string target) =>
        InsertAsync($"insert into call_rules (unit_id, name, source_pattern, action, target_sip_uri) values ('{unit}', 'Rule', '*', 'forward', '{target}') returning id");

    /// <summary>Rules that were there before Supabase checked them.</summary>
    /// <param name="unit">The unit that has them.</param>
    /// <param name="rules">A query for pattern, action and target.</param>
    public Task CreateLegacyRulesAsync(Guid unit, string rules) => postgres.ExecuteAsync($"""
        alter table call_rules disable trigger neolia_check_rule;
        alter table call_rules disable trigger neolia_rules_added;
        insert into call_rules (unit_id, name, source_pattern, action, target_sip_uri)
          select '{unit}', 'Legacy', r.pattern, r.action, r.target from ({rules}) r (pattern, action, target);
        alter table call_rules enable trigger neolia_check_rule;
        alter table call_rules enable trigger neolia_rules_added;
        """);

    public Task SetAsync(Guid account, string assignments) => postgres.ExecuteAsync($"update sip_accounts set {assignments} where id = '{account}'");

    public Task RenameAsync(Guid account, string username) => SetAsync(account, $"username = '{username}'");

    public Task DeleteAsync(Guid account) => postgres.ExecuteAsync($"delete from sip_accounts where id = '{account}'");

    /// <summary>Issues credentials for a fresh password.</summary>
    public async Task<Digests> RekeyAsync(Guid account)
    {
        var name = await postgres.ValueAsync($"select username || '@' || domain from sip_accounts where id = '{account}'");
        var digests = Digests.Of(new SipName(name.Split('@')[0], name.Split('@')[1]), Password.Generate());
        await postgres.ExecuteAsync($"update kamailio_sync.credentials set ha1 = '{digests.Ha1}', ha1b = '{digests.Ha1b}', issued_at = now() where account_id = '{account}'");
        return digests;
    }

    /// <summary>As reconcile or "sync all" asks again. Answers how many are due.</summary>
    public async Task<int> MarkAgainAsync(params Guid[] accounts) =>
        int.Parse(await postgres.ValueAsync($"select kamailio_sync.mark_again('account', '{{{string.Join(',', accounts)}}}')"), null);

    /// <summary><c>state|has_credentials|error_code|attempts</c>; null when there is no row.</summary>
    public async Task<string?> SyncStateAsync(Guid account) =>
        (await postgres.RowsAsync($"select state, has_credentials, error_code, attempts from sip_account_sync where account_id = '{account}'")).SingleOrDefault();

    /// <summary><c>state|error_code|attempts|was ever synced</c>; null when there is no row.</summary>
    public async Task<string?> UnitStateAsync(Guid unit) =>
        (await postgres.RowsAsync($"select state, error_code, attempts, synced_at is not null from unit_sync where unit_id = '{unit}'")).SingleOrDefault();

    public Task<List<string>> QueueAsync() => postgres.RowsAsync("select kind, subject_id from kamailio_sync.queue order by 1, 2");

    private async Task<Guid> InsertAsync(string sql) => Guid.Parse(await postgres.ValueAsync(sql));
}
