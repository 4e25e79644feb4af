using System.Text.RegularExpressions;
using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Triggers;

public sealed class AccountNameTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    private const string Insert = "insert into sip_accounts (unit_id, type) values ($1, $2) returning username";
    private const string InsertNamed = "insert into sip_accounts (unit_id, type, username) values ($1, 'panel', $2) returning username || '@' || domain";

    [Theory]
    [InlineData("401", "panel", "^panel401-[a-z2-7]{6}$")]
    [InlineData("401", "mobile", "^mobile401-[a-z2-7]{6}$")]
    [InlineData("401", "station", "^intercom-401-[a-z2-7]{6}$")]
    [InlineData(" B / 12 ", "panel", "^panelb-12-[a-z2-7]{6}$")]
    [InlineData("Étage 2", "station", "^intercom-tage-2-[a-z2-7]{6}$")]
    [InlineData("№", "panel", "^panel-[a-z2-7]{6}$")]
    [InlineData("№", "station", "^intercom-[a-z2-7]{6}$")]
    [InlineData("a-very-long-number-of-a-flat-that-goes-on", "mobile", "^mobilea-very-long-number-of-a-[a-z2-7]{6}$")]
    public async Task A_missing_name_is_made_from_the_flat(string number, string type, string expected)
    {
        var home = await project.CreateResidenceAsync(number);
        await using var dashboard = await project.UserAsync(home.User);

        Assert.Matches(new Regex(expected), await dashboard.ScalarAsync<string>(Insert, home.Unit, type));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task A_blank_name_is_made_too(string blank)
    {
        var home = await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);

        Assert.Matches(new Regex("^panel401-[a-z2-7]{6}@sip.neolia.app$"), await dashboard.ScalarAsync<string>(InsertNamed, home.Unit, blank));
    }

    [Theory]
    [InlineData("  Panel.401_A \t", "panel.401_a")]
    [InlineData("HALL-1", "hall-1")]
    public async Task A_given_name_is_trimmed_and_lower_case(string given, string stored)
    {
        var home = await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);

        Assert.Equal($"{stored}@sip.neolia.app", await dashboard.ScalarAsync<string>(InsertNamed, home.Unit, given));
        await dashboard.ExecuteAsync("delete from sip_accounts where username = $1", stored);
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("victim@sip.neolia.app")]
    [InlineData("été")]
    [InlineData("É")]
    [InlineData("semi;colon")]
    [InlineData("a1234567890123456789012345678901234567890123456789012345678901234")]
    public async Task A_name_that_Kamailio_cant_hold_is_refused_with_a_sentence(string name)
    {
        var home = await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);

        var inserted = await dashboard.RefusedAsync(InsertNamed, home.Unit, name);
        var updated = await dashboard.RefusedAsync("update sip_accounts set username = $2 where id = $1", home.Account, name);

        Assert.All([inserted, updated], refused => Assert.Equal("23514", refused.SqlState));
        Assert.Contains("can't be used: write 1 to 64 letters a-z", inserted.MessageText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" SIP.Example.ORG", "sip.example.org")]
    [InlineData("", "sip.neolia.app")]
    public async Task A_domain_is_trimmed_and_lower_case(string given, string stored)
    {
        var home = await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);

        Assert.Equal(
            [stored],
            await dashboard.RowsAsync("update sip_accounts set domain = $2 where id = $1 returning domain", home.Account, given));
    }

    [Fact]
    public async Task A_domain_with_other_characters_is_refused()
    {
        var home = await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);

        var refused = await dashboard.RefusedAsync("update sip_accounts set domain = 'sip_neolia' where id = $1", home.Account);

        Assert.Equal("23514", refused.SqlState);
        Assert.StartsWith("The domain \"sip_neolia\" can't be used", refused.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_another_user_has_is_refused_whatever_its_case()
    {
        var home = await project.CreateResidenceAsync();
        var other = await project.CreateResidenceAsync();
        await using var first = await project.UserAsync(home.User);
        await using var second = await project.UserAsync(other.User);
        await first.ExecuteAsync(InsertNamed, home.Unit, "taken");

        Assert.Equal("23505", (await second.RefusedAsync(InsertNamed, other.Unit, "Taken ")).SqlState);
    }

    [Fact]
    public async Task A_row_from_before_the_rules_can_be_changed_but_not_renamed_wrongly()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await owner.ExecuteAsync("alter table sip_accounts disable trigger neolia_canonical_name");
        await owner.ExecuteAsync("update sip_accounts set username = 'Panel 401' where id = $1", home.Account);
        await owner.ExecuteAsync("alter table sip_accounts enable trigger neolia_canonical_name");
        await using var dashboard = await project.UserAsync(home.User);

        Assert.Equal(1, await dashboard.ExecuteAsync("update sip_accounts set enabled = false, username = 'Panel 401' where id = $1", home.Account));
        await dashboard.RefusedAsync("update sip_accounts set username = 'Panel 402' where id = $1", home.Account);
        Assert.Equal(1, await dashboard.ExecuteAsync("update sip_accounts set username = 'Panel401' where id = $1", home.Account));
    }

    [Fact]
    public async Task A_thousand_accounts_of_one_flat_get_a_thousand_names()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();

        await owner.ExecuteAsync("insert into sip_accounts (unit_id, type) select $1, 'mobile' from generate_series(1, 1000)", home.Unit);

        Assert.Equal(1000, await owner.ScalarAsync<long>("select count(distinct username) from sip_accounts where unit_id = $1 and type = 'mobile'", home.Unit));
    }
}
