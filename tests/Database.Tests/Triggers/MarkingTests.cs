using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Triggers;

/// <summary>Which change makes which subject dirty.</summary>
public sealed class MarkingTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    [Theory]
    [InlineData("update sip_accounts set username = 'renamed-1' where id = @account")]
    [InlineData("update sip_accounts set domain = 'other.example' where id = @account")]
    [InlineData("update sip_accounts set extension = '77' where id = @account")]
    [InlineData("update sip_accounts set type = 'mobile' where id = @account")]
    [InlineData("update sip_accounts set enabled = false where id = @account")]
    [InlineData("update kamailio_sync.credentials set ha1 = md5('1') where account_id = @account")]
    [InlineData("update kamailio_sync.credentials set ha1b = md5('1') where account_id = @account")]
    [InlineData("update kamailio_sync.credentials set realm = 'other' where account_id = @account")]
    [InlineData("update kamailio_sync.credentials set issued_at = now() where account_id = @account")]
    [InlineData("delete from kamailio_sync.credentials where account_id = @account")]
    [InlineData("delete from sip_accounts where id = @account")]
    public async Task Marks_the_account(string change)
    {
        var home = await project.CreateResidenceAsync();

        Assert.Equal(QueueOf.Subjects("account", home.Account), await ChangeAsync(change, home));
    }

    [Theory]
    [InlineData("update units set number = '402' where id = @unit")]
    [InlineData("insert into call_rules (unit_id, name, source_pattern, action) values (@unit, 'r', '*', 'ring')")]
    public async Task Marks_the_unit(string change)
    {
        var home = await project.CreateResidenceAsync();

        Assert.Equal(QueueOf.Subjects("unit_rules", home.Unit), await ChangeAsync(change, home));
    }

    [Theory]
    [InlineData("source_pattern = 'intercom-*'")]
    [InlineData("action = 'reject'")]
    [InlineData("target_sip_uri = 'sip:x@sip.neolia.app'")]
    [InlineData("priority = 7")]
    [InlineData("enabled = false")]
    public async Task A_changed_rule_marks_its_unit(string change)
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await owner.ExecuteAsync("insert into call_rules (unit_id, name, source_pattern, action) values ($1, 'r', '*', 'ring')", home.Unit);

        Assert.Equal(QueueOf.Subjects("unit_rules", home.Unit), await ChangeAsync($"update call_rules set {change} where unit_id = @unit", home));
    }

    [Theory]
    [InlineData("update sip_accounts set registered = true, last_registration = now() where id = @account")]
    [InlineData("update sip_accounts set display_name = 'Hall', updated_at = now() where id = @account")]
    [InlineData("update sip_accounts set extension = extension, enabled = true where id = @account")]
    [InlineData("update kamailio_sync.credentials set updated_at = now() where account_id = @account")]
    [InlineData("update units set owner_name = 'Durand', floor = 4 where id = @unit")]
    [InlineData("update buildings set name = 'B', floor_count = 9 where id = @building")]
    [InlineData("update sites set name = 'Villa', status = 'online' where id = @site")]
    [InlineData("update sip_accounts set enabled = false where false")]
    public async Task Marks_nothing(string change)
    {
        var home = await project.CreateResidenceAsync();

        Assert.Empty(await ChangeAsync(change, home));
    }

    [Fact]
    public async Task A_rule_that_moves_marks_both_units()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        var other = await owner.ScalarAsync<Guid>("insert into units (building_id, number) values ($1, '402') returning id", home.Building);
        await owner.ExecuteAsync("insert into call_rules (unit_id, name, source_pattern, action) values ($1, 'r', '*', 'ring')", home.Unit);

        var marked = await ChangeAsync($"update call_rules set unit_id = '{other}' where unit_id = @unit", home);

        Assert.Equal(QueueOf.Subjects("unit_rules", home.Unit, other), marked);
    }

    [Fact]
    public async Task A_building_that_moves_marks_its_units_and_not_their_accounts()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        var other = await owner.ScalarAsync<Guid>("insert into units (building_id, number) values ($1, '402') returning id", home.Building);
        var site = await owner.ScalarAsync<Guid>("insert into sites (name, user_id) values ('Other', $1) returning id", home.User);

        var marked = await ChangeAsync($"update buildings set site_id = '{site}' where id = @building", home);

        Assert.Equal(QueueOf.Subjects("unit_rules", home.Unit, other), marked);
    }

    [Fact]
    public async Task A_unit_that_moves_marks_itself_and_an_account_that_moves_marks_itself()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        var building = await owner.ScalarAsync<Guid>("insert into buildings (site_id, name) values ($1, 'B') returning id", home.Site);
        var unit = await owner.ScalarAsync<Guid>("insert into units (building_id, number) values ($1, '1') returning id", building);

        var unitMoved = await ChangeAsync($"update units set building_id = '{building}' where id = @unit", home);
        var accountMoved = await ChangeAsync($"update sip_accounts set unit_id = '{unit}' where id = @account", home);

        Assert.Equal(QueueOf.Subjects("unit_rules", home.Unit), unitMoved);
        Assert.Equal(QueueOf.Subjects("account", home.Account), accountMoved);
    }

    [Fact]
    public async Task A_changed_id_marks_the_old_and_the_new_one()
    {
        var home = await project.CreateResidenceAsync();
        var id = Guid.NewGuid();

        var marked = await ChangeAsync($"update sip_accounts set id = '{id}' where id = @account", home);

        await using var owner = await project.OwnerAsync();
        Assert.Equal(QueueOf.Subjects("account", home.Account, id), marked);
        Assert.Equal([$"{id}|pending"], await owner.RowsAsync("select account_id, state from sip_account_sync where account_id in ($1, $2)", home.Account, id));
    }

    [Fact]
    public async Task A_burst_of_edits_is_one_piece_of_work_with_a_version_that_grows()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await QueueOf.EmptyAsync(owner);
        List<long> versions = [];

        foreach (var extension in (string[])["1", "2", "3"])
        {
            await owner.ExecuteAsync("update sip_accounts set extension = $2 where id = $1", home.Account, extension);
            versions.Add(await QueueOf.VersionAsync(owner, "account", home.Account));
        }

        Assert.Equal(QueueOf.Subjects("account", home.Account), await QueueOf.SubjectsAsync(owner));
        Assert.Equal(versions.Distinct().Order(), versions);
    }

    [Fact]
    public async Task A_change_keeps_the_running_lease_and_forgets_the_failure()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await owner.ExecuteAsync("""
            update kamailio_sync.queue
            set lease_id = subject_id, leased_until = now() + interval '30 s', attempts = 3, next_attempt_at = 'infinity', last_error = 'no'
            where subject_id = $1
            """, home.Account);
        await owner.ExecuteAsync("update sip_account_sync set state = 'failed', attempts = 3, error_code = 'x', last_error = 'no' where account_id = $1", home.Account);

        await owner.ExecuteAsync("update sip_accounts set extension = '9' where id = $1", home.Account);

        Assert.Equal(
            ["True|True|0|True|null"],
            await owner.RowsAsync("""
                select lease_id = subject_id, leased_until > now(), attempts, next_attempt_at <= now(), last_error
                from kamailio_sync.queue where subject_id = $1
                """, home.Account));
        Assert.Equal(
            ["pending|0|null|null"],
            await owner.RowsAsync("select state, attempts, error_code, last_error from sip_account_sync where account_id = $1", home.Account));
    }

    [Fact]
    public async Task A_users_cascading_delete_marks_everything_under_the_site()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await owner.ExecuteAsync("insert into sip_accounts (unit_id, type) select $1, 'mobile' from generate_series(1, 20)", home.Unit);
        await owner.ExecuteAsync("insert into call_rules (unit_id, name, source_pattern, action) values ($1, 'r', '*', 'ring')", home.Unit);
        var expected = await owner.RowsAsync("""
            select 'account', id from sip_accounts where unit_id = $1 union all select 'unit_rules', $1 order by 1, 2
            """, home.Unit);
        await QueueOf.EmptyAsync(owner);
        await using var dashboard = await project.UserAsync(home.User);

        Assert.Equal(1, await dashboard.ExecuteAsync("delete from sites where id = $1", home.Site));

        Assert.Equal(expected, await QueueOf.SubjectsAsync(owner));
        Assert.Empty(await owner.RowsAsync("select * from sip_account_sync where unit_id = $1", home.Unit));
        Assert.Empty(await owner.RowsAsync("select * from kamailio_sync.credentials where account_id = $1", home.Account));
    }

    /// <summary>The subjects that a change makes dirty when nothing else is.</summary>
    private async Task<List<string>> ChangeAsync(string change, Residence home)
    {
        await using var owner = await project.OwnerAsync();
        await QueueOf.EmptyAsync(owner);
        await owner.ExecuteAsync(change
            .Replace("@account", $"'{home.Account}'", StringComparison.Ordinal)
            .Replace("@unit", $"'{home.Unit}'", StringComparison.Ordinal)
            .Replace("@building", $"'{home.Building}'", StringComparison.Ordinal)
            .Replace("@site", $"'{home.Site}'", StringComparison.Ordinal));
        return await QueueOf.SubjectsAsync(owner);
    }
}
