using System.Diagnostics;
using System.Text.Json;
using MySqlConnector;
using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack.Functions;
using Neolia.LocalStack.Kamailio;

namespace Neolia.Infra.Tests.Operations;

[Collection(Installations.Name)]
public sealed class FirstDeploymentTests(Installation installation)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Account_made_in_the_dashboard_rings_through_to_Kamailio()
    {
        var name = await installation.AddAccountAsync("panel701");

        await Eventually.HoldsAsync("the account is in Kamailio", async () => (await installation.SubscribersAsync()).Contains(name));
    }

    [Fact]
    public async Task MySQL_takes_the_apps_password_over_TLS_only()
    {
        var password = installation.ReadVault()["kamailio-password"];

        var plain = await Assert.ThrowsAsync<MySqlException>(() => LogInAsync(MySqlSslMode.None, password));
        await LogInAsync(MySqlSslMode.VerifyFull, password);

        Assert.Equal(MySqlErrorCode.AccessDenied, plain.ErrorCode);
    }

    [Fact]
    public async Task Operators_report_finds_both_databases_good_and_MySQL_encrypted()
    {
        var start = new ProcessStartInfo(FunctionApp.PublishedExecutable, ["check", "--json"]) { RedirectStandardOutput = true };
        foreach (var (name, value) in installation.Settings())
            start.Environment[name] = value;
        using var verb = Process.Start(start)!;
        var report = (await JsonDocument.ParseAsync(verb.StandardOutput.BaseStream, cancellationToken: Cancelled)).RootElement;
        await verb.WaitForExitAsync(Cancelled);

        Assert.Equal("good", report.GetProperty("supabase").GetProperty("state").GetString());
        Assert.Equal("good", report.GetProperty("kamailio").GetProperty("state").GetString());
        Assert.StartsWith("TLSv1.", report.GetProperty("kamailio").GetProperty("tls").GetString(), StringComparison.Ordinal);

        // There is no Kamailio here.
        Assert.Equal(1, verb.ExitCode);
        Assert.Contains("sip_silent", report.GetProperty("findings").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Role_in_Supabase_has_the_password_of_the_vault()
    {
        var password = installation.ReadVault()["supabase-password"];

        await using var app = new Npgsql.NpgsqlConnection($"{installation.Project.AppConnectionStringWithoutPassword};Password={password};Pooling=false");
        await app.OpenAsync(Cancelled);
    }

    [Fact]
    public void No_step_shows_a_secret() =>
        Assert.All(installation.ReadVault().Values, secret => Assert.DoesNotContain(secret, installation.Log + installation.App.Log, StringComparison.Ordinal));

    [Fact]
    public void Postgres_logs_a_digest_of_the_password_at_most()
    {
        var log = installation.Project.Server.Process.Log;

        Assert.Contains("neolia_functions PASSWORD 'SCRAM-SHA-256$", log, StringComparison.Ordinal);
        Assert.DoesNotContain(installation.ReadVault()["supabase-password"], log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_and_what_failed_can_be_looked_at()
    {
        Assert.Contains("last_error", await installation.RunAsync("queue"), StringComparison.Ordinal);
        await Eventually.HoldsAsync(
            "the account of the dashboard's demo that has no good name has failed",
            async () => (await installation.RunAsync("failed")).Contains("Panel Villa", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Kamailio_refuses_an_empty_password()
    {
        installation.Shell["CHECK_ACCOUNT"] = $"{await installation.AddAccountAsync("panel702")}@sip.neolia.app";
        await using var kamailio = await KamailioServer.StartAsync(installation.Kamailio, ["sip.neolia.app"], Cancelled);
        installation.Shell["KAMAILIO_SIP_ADDRESS"] = kamailio.SipAddress;
        await Eventually.HoldsAsync("the account is in Kamailio", async () => (await installation.SubscribersAsync()).Contains("panel702"));

        Assert.Equal("panel702@sip.neolia.app: an empty password is refused.\n", await installation.RunAsync("empty-password"));
    }

    [Fact]
    public async Task Check_fails_where_nobody_answers()
    {
        using var shell = new Shell();
        shell["APP_URL"] = "http://127.0.0.1:1";
        shell["NEOLIA_CHECK_SECONDS"] = "0";

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => shell.RunAsync("check"));

        Assert.Contains("FAILED: ready", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Users_that_get_into_MySQL_from_elsewhere_are_listed_before_its_port_is_opened()
    {
        var listed = await installation.RunAsync("kamailio-old-users");

        Assert.Matches(@"kamailio +\| % ", listed);
        Assert.DoesNotContain("neolia_functions", listed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task App_cannot_take_the_connections_that_Kamailio_needs()
    {
        await using var command = installation.MySql.CreateCommand("select concat(max_user_connections, ' of ', @@max_connections) from mysql.user where user = 'neolia_functions'");

        Assert.Equal("200 of 400", await command.ExecuteScalarAsync(Cancelled));
    }

    [Fact]
    public async Task Check_fails_while_the_old_program_answers()
    {
        using var shell = new Shell();
        shell["APP_URL"] = installation.App.Url.AbsoluteUri;
        shell["NEOLIA_CHECK_SECONDS"] = "0";

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => shell.RunScriptAsync("""infra/check.sh "$APP_URL" 1.0.0+another"""));

        Assert.Contains("FAILED: the new program answers (expected 1.0.0+another, got 1", failure.Message, StringComparison.Ordinal);
    }

    private async Task LogInAsync(MySqlSslMode tls, string password)
    {
        await using var connection = new MySqlConnection($"{installation.KamailioConnection(tls)};Password={password};Pooling=false");
        await connection.OpenAsync(Cancelled);
    }
}

[CollectionDefinition(Name)]
public sealed class Installations : ICollectionFixture<Installation>
{
    public const string Name = "Installations";
}
