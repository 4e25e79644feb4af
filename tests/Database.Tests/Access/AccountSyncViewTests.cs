using System.Text.RegularExpressions;
using Neolia.Database.Tests.Supabase;
using Neolia.LocalStack;

namespace Neolia.Database.Tests.Access;

/// <summary>What an installer reads of an account's sync.</summary>
public sealed partial class AccountSyncViewTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    [Theory]
    [InlineData("fr-FR,fr;q=0.9,en;q=0.8", "Ce nom est déjà pris")]
    [InlineData("en-GB,en;q=0.9,fr;q=0.5", "This name is taken")]
    [InlineData("es-ES,es;q=0.9,fr;q=0.8,en;q=0.7", "Ce nom est déjà pris")]
    [InlineData("fro,de-DE", "This name is taken")]
    [InlineData("", "This name is taken")]
    public async Task Tells_what_is_wrong_in_the_browsers_language(string acceptLanguage, string expected)
    {
        var home = await project.CreateResidenceAsync();
        await FailAsync(home, "name_in_use", "Name in use: 'x@y'");
        await using var dashboard = await project.UserAsync(home.User);
        await dashboard.ExecuteAsync($$"""set request.headers = '{"accept-language": "{{acceptLanguage}}"}'""");

        var row = Assert.Single(await dashboard.RowsAsync("select state, error_code, last_error, last_error_detail from sip_account_sync_view where account_id = $1", home.Account));

        Assert.StartsWith($"failed|name_in_use|{expected}", row, StringComparison.Ordinal);
        Assert.EndsWith("|Name in use: 'x@y'", row, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_that_it_does_not_know_keeps_the_sentence_of_the_sync()
    {
        var home = await project.CreateResidenceAsync();
        await FailAsync(home, "brand_new", "Something new.");
        await using var dashboard = await project.UserAsync(home.User);

        Assert.Equal(["Something new."], await dashboard.RowsAsync("select last_error from sip_account_sync_view where account_id = $1", home.Account));
    }

    [Fact]
    public async Task Every_code_of_the_sync_has_a_sentence_in_both_languages()
    {
        await using var owner = await project.OwnerAsync();
        var codes = new List<string>();
        foreach (var file in (string[])["Problem.cs", "RuleProblem.cs"])
        {
            var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "Shared", "Applying", file), TestContext.Current.CancellationToken);
            codes.AddRange(Code().Matches(text).Select(match => match.Groups[1].Value));
        }

        Assert.True(codes.Count >= 18);
        foreach (var code in codes)
        {
            Assert.True(await owner.ScalarAsync<bool>("select coalesce(intercom_explanation($1, 'fr') <> intercom_explanation($1, 'en'), false)", code), code);
            Assert.False(await owner.ScalarAsync<bool>("select intercom_explanation($1, 'fr') || intercom_explanation($1, 'en', 'x') like '%{%'", code), code);
        }
    }

    [Fact]
    public async Task A_flats_sync_is_told_the_same_way()
    {
        var (mine, theirs) = (await project.CreateResidenceAsync(), await project.CreateResidenceAsync());
        await using (var app = await project.AppAsync())
            await app.ExecuteAsync("update unit_sync set state = 'failed', error_code = 'target_not_allowed', error_about = 'intercom-*', last_error = 'x' where unit_id = any ($1)", new[] { mine.Unit, theirs.Unit });
        await using var dashboard = await project.UserAsync(mine.User);
        await dashboard.ExecuteAsync("""set request.headers = '{"accept-language": "fr"}'""");

        var row = Assert.Single(await dashboard.RowsAsync("select unit_id, state, last_error, last_error_detail from unit_sync_view"));

        Assert.StartsWith($"{mine.Unit}|failed|La règle d'appel « intercom-* » envoie", row, StringComparison.Ordinal);
        Assert.EndsWith("|x", row, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shows_the_own_accounts_only_and_joins_them()
    {
        var (mine, theirs) = (await project.CreateResidenceAsync(), await project.CreateResidenceAsync());
        await using var dashboard = await project.UserAsync(mine.User);

        Assert.Equal([$"{mine.Account}"], await dashboard.RowsAsync("select account_id from sip_account_sync_view"));
        Assert.Equal([$"{mine.Account}|pending"], await dashboard.RowsAsync("select a.id, s.state from sip_accounts a cross join lateral sync(a) s"));
        Assert.Empty(await dashboard.RowsAsync("select from sip_account_sync_view where account_id = $1", theirs.Account));
    }

    [Fact]
    public async Task Nobody_who_is_not_signed_in_reads_it()
    {
        await using var anon = await project.OwnerAsync();
        await anon.ExecuteAsync("set role anon");

        Assert.Equal("42501", (await anon.RefusedAsync("select from sip_account_sync_view")).SqlState);
    }

    private async Task FailAsync(Residence home, string code, string error)
    {
        await using var app = await project.AppAsync();
        await app.ExecuteAsync("update sip_account_sync set state = 'failed', error_code = $2, last_error = $3, attempts = 1 where account_id = $1", home.Account, code, error);
    }

    [GeneratedRegex("""new\(\s*"([a-z_]+)",""")]
    private static partial Regex Code();
}
