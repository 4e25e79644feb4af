using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Access;

/// <summary>The function app's role can do its work and nothing else.</summary>
public sealed class FunctionAppRoleTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    private static readonly string[] ExpectedRights =
    [
        "kamailio_sync.credentials|SELECT",
        "kamailio_sync.enrolment_tokens|INSERT,SELECT",
        "kamailio_sync.kamailio_progress|INSERT,SELECT,UPDATE",
        "kamailio_sync.queue|DELETE,SELECT,UPDATE",
        "kamailio_sync.registration_run|SELECT,UPDATE",
        "kamailio_sync.stale_status|DELETE,SELECT",
        "public.buildings|SELECT",
        "public.call_rules|SELECT",
        "public.sip_account_enrolments|DELETE,INSERT,SELECT",
        "public.sip_account_sync|SELECT,UPDATE",
        "public.sip_accounts|SELECT",
        "public.sites|SELECT",
        "public.unit_sync|SELECT,UPDATE",
        "public.units|SELECT",
    ];

    // Beyond those on whole tables.
    private static readonly string[] ExpectedColumns =
    [
        "credentials|UPDATE|ha1,ha1b,issued_at,updated_at",
        "sip_account_enrolments|UPDATE|redeemed_at,revoked_at",
        "sip_accounts|UPDATE|last_registration,registered",
        "sites|UPDATE|status",
        "stale_status|INSERT|place,place_id",
    ];

    [Fact]
    public async Task Has_exactly_its_rights()
    {
        await using var superuser = await project.SuperuserAsync();

        Assert.Equal(ExpectedRights, await superuser.RowsAsync("""
            select table_schema || '.' || table_name, string_agg(privilege_type, ',' order by privilege_type)
            from information_schema.table_privileges where grantee = 'neolia_functions'
            group by 1 order by 1
            """));
        Assert.Equal(ExpectedColumns, await superuser.RowsAsync("""
            select c.table_name, c.privilege_type, string_agg(c.column_name, ',' order by c.column_name)
            from information_schema.column_privileges c
            where c.grantee = 'neolia_functions' and not exists (
              select from information_schema.table_privileges t
              where (t.grantee, t.table_schema, t.table_name, t.privilege_type) = (c.grantee, c.table_schema, c.table_name, c.privilege_type))
            group by 1, 2 order by 1, 2
            """));
        Assert.Equal(
            ["ambiguous_numbers", "delete_account", "forget_activity", "intercom_explanation", "mark_again", "move_password_hashes", "note_drift", "note_refused_enrolments", "publish_activity", "renew"],
            await superuser.RowsAsync("select routine_name from information_schema.routine_privileges where grantee = 'neolia_functions' order by 1"));
    }

    [Fact]
    public async Task Is_a_plain_login_and_inherits_nothing()
    {
        await using var superuser = await project.SuperuserAsync();

        Assert.Equal(["True|False|False|False|False|False|False"], await superuser.RowsAsync("""
            select rolcanlogin, rolinherit, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
            from pg_roles where rolname = 'neolia_functions'
            """));
        Assert.Equal(
            ["authenticated|False"],
            await superuser.RowsAsync("select roleid::regrole::text, admin_option from pg_auth_members where member = 'neolia_functions'::regrole"));
        Assert.Equal(
            ["{idle_in_transaction_session_timeout=30s,statement_timeout=60s,lock_timeout=5s,jit=off}"],
            await superuser.RowsAsync("select rolconfig::text from pg_roles where rolname = 'neolia_functions'"));
    }

    [Fact]
    public async Task Sees_all_owners_rows()
    {
        var first = await project.CreateResidenceAsync();
        var second = await project.CreateResidenceAsync();
        await using var app = await project.AppAsync();

        foreach (var (table, column, ids) in ((string, string, Guid[])[])
            [
                ("sites", "id", [first.Site, second.Site]),
                ("buildings", "id", [first.Building, second.Building]),
                ("units", "id", [first.Unit, second.Unit]),
                ("sip_accounts", "id", [first.Account, second.Account]),
                ("sip_account_sync", "account_id", [first.Account, second.Account]),
                ("unit_sync", "unit_id", [first.Unit, second.Unit]),
                ("kamailio_sync.credentials", "account_id", [first.Account, second.Account]),
                ("kamailio_sync.queue", "subject_id", [first.Account, second.Account]),
            ])
            Assert.Equal(2, await app.ScalarAsync<long>($"select count(*) from {table} where {column} = any ($1)", ids));
    }

    [Fact]
    public async Task Does_its_work()
    {
        var home = await project.CreateResidenceAsync();
        await using var app = await project.AppAsync();

        foreach (var statement in (string[])
            [
                "update kamailio_sync.queue set lease_id = subject_id, leased_until = now() where subject_id = $1",
                "update kamailio_sync.credentials set ha1 = md5('1'), ha1b = md5('2'), issued_at = now(), updated_at = now() where account_id = $1",
                "update sip_account_sync set state = 'synced', synced_at = now() where account_id = $1",
                "update sip_accounts set registered = true, last_registration = now() where id = $1",
                "delete from kamailio_sync.queue where subject_id = $1",
            ])
            Assert.Equal(1, await app.ExecuteAsync(statement, home.Account));
        await app.ScalarAsync<long>("select last_value from kamailio_sync.version");
        await app.ScalarAsync<long>("select nextval('kamailio_sync.version')");
    }

    [Fact]
    public async Task Acts_for_a_user_under_row_level_security()
    {
        var mine = await project.CreateResidenceAsync();
        var theirs = await project.CreateResidenceAsync();
        await using var app = await project.AppAsync();

        await app.ExecuteAsync("begin");
        await app.ExecuteAsync($$"""set local role authenticated; set local request.jwt.claims = '{"sub": "{{mine.User}}"}'""");

        Assert.Equal([$"{mine.Account}"], await app.RowsAsync("select id from sip_accounts"));
        Assert.Equal(0, await app.ExecuteAsync("delete from sip_accounts where id = $1", theirs.Account));
        Assert.Equal(1, await app.ExecuteAsync("delete from sip_accounts where id = $1", mine.Account));
        await app.ExecuteAsync("commit");
    }

    [Theory]
    [InlineData("select * from auth.users")]
    [InlineData("select * from vault.decrypted_secrets")]
    [InlineData("select * from intercom_activity_logs")]
    [InlineData("insert into sip_accounts (unit_id, type) values (gen_random_uuid(), 'panel')")]
    [InlineData("update sip_accounts set enabled = false")]
    [InlineData("delete from sip_accounts")]
    [InlineData("update sites set user_id = null")]
    [InlineData("insert into sip_account_sync (account_id, unit_id) values (gen_random_uuid(), gen_random_uuid())")]
    [InlineData("delete from sip_account_sync")]
    [InlineData("insert into unit_sync (unit_id) values (gen_random_uuid())")]
    [InlineData("delete from unit_sync")]
    [InlineData("insert into kamailio_sync.queue (kind, subject_id, version, enqueued_at, next_attempt_at) values ('account', gen_random_uuid(), 1, now(), now())")]
    [InlineData("insert into kamailio_sync.credentials (account_id, ha1, ha1b, username, domain, realm) select gen_random_uuid(), md5('1'), md5('2'), 'a', 'b', 'b'")]
    [InlineData("update kamailio_sync.credentials set username = 'x'")]
    [InlineData("delete from kamailio_sync.credentials")]
    [InlineData("truncate kamailio_sync.queue")]
    [InlineData("truncate sip_accounts cascade")]
    [InlineData("select setval('kamailio_sync.version', 1)")]
    [InlineData("select kamailio_sync.mark('account', '{}')")]
    [InlineData("select kamailio_sync.post_doorbell('account', null)")]
    [InlineData("drop table kamailio_sync.queue")]
    [InlineData("alter table sip_accounts add column x int")]
    [InlineData("create table kamailio_sync.x (x int)")]
    [InlineData("create table public.x (x int)")]
    [InlineData("create schema x")]
    [InlineData("create role x")]
    [InlineData("grant select on sip_accounts to anon")]
    [InlineData("set role postgres")]
    [InlineData("set role service_role")]
    [InlineData("alter role neolia_functions createrole")]
    public async Task Is_refused(string statement)
    {
        await project.CreateResidenceAsync();
        await using var app = await project.AppAsync();
        List<string> warnings = [];
        app.Notice += (_, e) => warnings.Add(e.Notice.MessageText);

        // A grant of what one doesn't have is a warning when one has some right on the table.
        if (statement.StartsWith("grant", StringComparison.Ordinal))
        {
            await app.ExecuteAsync(statement);
            Assert.Contains(warnings, warning => warning.StartsWith("no privileges were granted", StringComparison.Ordinal));
        }
        else
        {
            Assert.Equal("42501", (await app.RefusedAsync(statement)).SqlState);
        }
    }
}
