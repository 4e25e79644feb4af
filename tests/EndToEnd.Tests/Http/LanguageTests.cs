using System.Text;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>People are answered in the language that their browser asks for: French, else English.</summary>
public sealed class LanguageTests(StackFixture shared)
{
    private const string French = "fr-FR,fr;q=0.9,en-US;q=0.8,en;q=0.7";

    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task Refusals_are_in_French()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        dashboard.App.Speaking(French);
        var account = await dashboard.AddAccountAsync();

        await AssertSaysAsync(401, "Connectez-vous d'abord", dashboard.App.SyncAsync(null, new { action = "sync_all" }));
        await AssertSaysAsync(401, "Le jeton n'est pas valable", dashboard.App.SyncAsync("Bearer x", new { action = "sync_all" }));
        await AssertSaysAsync(404, "Ce compte n'existe pas", dashboard.SyncAsync(new { action = "create_account", account_id = Guid.NewGuid() }));
        await AssertSaysAsync(413, "Le corps de la requête dépasse", dashboard.App.SyncAsync(dashboard.Authorization, new string(' ', 70_000)));
        var weak = new HttpRequestMessage(HttpMethod.Post, $"/api/sip-accounts/{account.Id}/credentials")
        {
            Content = new StringContent("""{"password":"short"}""", Encoding.UTF8, "application/json"),
        };
        weak.Headers.TryAddWithoutValidation("Authorization", dashboard.Authorization);
        await AssertSaysAsync(400, "Le mot de passe doit avoir de 12 à 128 caractères", dashboard.App.SendAsync(weak));

        var bad = await dashboard.SyncAsync(new { action = "drop_all" });
        await AssertSaysAsync(400, "kamailio-sync ne comprend pas", Task.FromResult(bad));
        Assert.StartsWith("« action » est inconnue", Assert.Single(bad.Texts("details")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warnings_and_what_could_not_be_synced_are_in_French()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        dashboard.App.Speaking(French);
        var account = await dashboard.AddAccountAsync();
        await dashboard.IssueAsync(account);
        var guest = $"guest-{Guid.NewGuid():N}";
        await _stack.ExecuteKamailioAsync("insert into subscriber (username, domain, ha1, ha1b) values (@p0, 'sip.neolia.app', md5('1'), md5('2'))", guest);
        var taken = await dashboard.AddAccountNamedAsync(guest);

        var again = await dashboard.CreateAccountAsync(account);
        var all = await dashboard.SyncAllAsync();

        Assert.StartsWith("Le compte a déjà des identifiants", Assert.Single(again.Texts("warnings")), StringComparison.Ordinal);
        Assert.Equal("fr", all.Language);
        Assert.StartsWith($"{guest}@sip.neolia.app : Ce nom est déjà pris", Assert.Single(all.Texts("errors")), StringComparison.Ordinal);
        await dashboard.DeleteAccountRowAsync(taken);
    }

    [Theory]
    [InlineData(French, "fr", "Kamailio est connecté")]
    [InlineData("de-DE,de;q=0.9,fr;q=0.4", "fr", "Kamailio est connecté")]
    [InlineData("en-GB,en;q=0.9,fr;q=0.8", "en", "Kamailio is connected")]
    [InlineData("de", "en", "Kamailio is connected")]
    public async Task Check_status_follows_what_the_browser_prefers(string acceptLanguage, string language, string message)
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        dashboard.App.Speaking(acceptLanguage);

        var answer = await dashboard.CheckStatusAsync();

        Assert.Equal(language, answer.Language);
        Assert.StartsWith(message, answer["message"].GetString(), StringComparison.Ordinal);
    }

    private static async Task AssertSaysAsync(int status, string error, Task<Answer> answer)
    {
        Assert.Equal((status, "fr"), ((await answer).Status, (await answer).Language));
        Assert.StartsWith(error, (await answer)["error"].GetString(), StringComparison.Ordinal);
    }
}
