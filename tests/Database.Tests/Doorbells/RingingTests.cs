using System.Text;
using System.Text.Json;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Doorbells;

namespace Neolia.Database.Tests.Doorbells;

/// <summary>One signed doorbell per transaction that marked something.</summary>
public sealed class RingingTests(ProjectFixture project, ConfiguredDoorbell doorbell) : IClassFixture<ProjectFixture>, IClassFixture<ConfiguredDoorbell>
{
    [Fact]
    public async Task A_transaction_rings_once_for_many_statements_and_many_rows()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await doorbell.ConfigureAsync(project);
        await using var dashboard = await project.UserAsync(home.User);

        await dashboard.ExecuteAsync("begin");
        await dashboard.ExecuteAsync("update sip_accounts set extension = '1' where id = $1", home.Account);
        await dashboard.ExecuteAsync("insert into sip_accounts (unit_id, type) select $1, 'mobile' from generate_series(1, 5000)", home.Unit);
        await dashboard.ExecuteAsync("update units set number = '402' where id = $1", home.Unit);
        await dashboard.ExecuteAsync("commit");

        Assert.Single(await ConfiguredDoorbell.RequestsAsync(owner));
    }

    [Fact]
    public async Task Every_transaction_of_a_session_rings()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await doorbell.ConfigureAsync(project);
        await using var dashboard = await project.UserAsync(home.User);

        foreach (var extension in (string[])["1", "2", "3"])
            await dashboard.ExecuteAsync("update sip_accounts set extension = $2 where id = $1", home.Account, extension);

        Assert.Equal(3, (await ConfiguredDoorbell.RequestsAsync(owner)).Count);
    }

    [Theory]
    [InlineData("update sip_accounts set registered = true")]
    [InlineData("update sip_accounts set enabled = false where false")]
    [InlineData("begin; update sip_accounts set extension = '8'; rollback")]
    public async Task Nothing_marked_rings_nothing(string change)
    {
        await project.CreateResidenceAsync();
        await using var owner = await doorbell.ConfigureAsync(project);

        await owner.ExecuteAsync(change);

        Assert.Empty(await ConfiguredDoorbell.RequestsAsync(owner));
    }

    [Fact]
    public async Task A_savepoint_that_is_rolled_back_doesnt_swallow_the_doorbell_of_the_rest()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await doorbell.ConfigureAsync(project);
        await using var dashboard = await project.UserAsync(home.User);

        await dashboard.ExecuteAsync("begin");
        await dashboard.ExecuteAsync("savepoint s");
        await dashboard.ExecuteAsync("update sip_accounts set extension = '1' where id = $1", home.Account);
        await dashboard.ExecuteAsync("rollback to savepoint s");
        await dashboard.ExecuteAsync("update sip_accounts set extension = '2' where id = $1", home.Account);
        await dashboard.ExecuteAsync("commit");

        Assert.Single(await ConfiguredDoorbell.RequestsAsync(owner));
    }

    [Fact]
    public async Task A_savepoint_that_is_kept_counts()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await doorbell.ConfigureAsync(project);
        await using var dashboard = await project.UserAsync(home.User);

        await dashboard.ExecuteAsync("begin");
        await dashboard.ExecuteAsync("savepoint s");
        await dashboard.ExecuteAsync("update sip_accounts set extension = '1' where id = $1", home.Account);
        await dashboard.ExecuteAsync("release savepoint s");
        await dashboard.ExecuteAsync("update sip_accounts set extension = '2' where id = $1", home.Account);
        await dashboard.ExecuteAsync("commit");

        Assert.Single(await ConfiguredDoorbell.RequestsAsync(owner));
    }

    [Fact]
    public async Task A_leftover_of_the_session_silences_nothing()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await doorbell.ConfigureAsync(project);
        await using var dashboard = await project.UserAsync(home.User);
        await dashboard.ExecuteAsync("set kamailio_sync.doorbell_rung = '1'");

        await dashboard.ExecuteAsync("update sip_accounts set extension = '1' where id = $1", home.Account);

        Assert.Single(await ConfiguredDoorbell.RequestsAsync(owner));
    }

    [Fact]
    public async Task The_app_verifies_the_signature_of_exactly_what_goes_out()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await doorbell.ConfigureAsync(project);

        await owner.ExecuteAsync("update sip_accounts set extension = '1' where id = $1", home.Account);

        var request = Assert.Single(await ConfiguredDoorbell.RequestsAsync(owner));
        Assert.Equal(ConfiguredDoorbell.Url, request.Url);
        Assert.Equal("application/json", request.Headers["Content-Type"]);
        Assert.StartsWith("msg_", request.Headers["webhook-id"], StringComparison.Ordinal);
        Assert.Equal(DoorbellVerdict.Genuine, Verify(doorbell.Secret, request));
        Assert.Equal(DoorbellVerdict.WrongSignature, Verify(ConfiguredDoorbell.NewSecret(), request));
    }

    [Theory]
    [InlineData("update sip_accounts set extension = '1' where id = @account", "sip_accounts")]
    [InlineData("update units set number = '402' where id = @unit", "units")]
    public async Task The_body_has_the_shape_of_a_database_webhook_with_ids_only(string change, string table)
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await doorbell.ConfigureAsync(project);

        await owner.ExecuteAsync(change
            .Replace("@account", $"'{home.Account}'", StringComparison.Ordinal)
            .Replace("@unit", $"'{home.Unit}'", StringComparison.Ordinal));

        var body = JsonDocument.Parse(Assert.Single(await ConfiguredDoorbell.RequestsAsync(owner)).Body).RootElement;
        var id = table == "units" ? home.Unit : home.Account;
        Assert.Equal(["old_record", "record", "schema", "table", "type"], body.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal(("UPDATE", "public", table), (body.GetProperty("type").GetString(), body.GetProperty("schema").GetString(), body.GetProperty("table").GetString()));
        Assert.Equal($$"""{"id": "{{id}}"}""", body.GetProperty("record").GetRawText());
        Assert.Equal($$"""{"id": "{{id}}"}""", body.GetProperty("old_record").GetRawText());
    }

    private static DoorbellVerdict Verify(string secret, DoorbellRequest request) =>
        new DoorbellSignature(DoorbellSignature.ParseSecrets(secret), TimeProvider.System).Verify(
            request.Headers["webhook-id"], request.Headers["webhook-timestamp"], request.Headers["webhook-signature"],
            Encoding.UTF8.GetBytes(request.Body));
}
