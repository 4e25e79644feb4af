using System.Net;
using System.Text.Json.Nodes;
using MySqlConnector;
using Neolia.LocalStack;
using Neolia.LocalStack.Dashboard;
using Neolia.LocalStack.Sip;
using Neolia.LocalStack.Supervision;

namespace Neolia.Dev;

/// <summary>The main job from the dashboard's row to the device and back, each step checked from outside.</summary>
internal sealed class Demo(Stack stack, DashboardClient dashboard, CancellationToken cancellationToken)
{
    private static readonly TimeSpan SyncDeadline = TimeSpan.FromSeconds(10);

    private string _id = "";
    private string _username = "";
    private string _domain = "";
    private string _password = "";

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        Stack? started = null;
        await Steps.RunAsync(async () =>
        {
            started = await Stack.StartAsync(new StackOptions { Durable = true }, cancellationToken);
            return "PostgreSQL, @supabase/lite, migrations, MariaDB, Kamailio and the app are up";
        });
        await using var stack = started!;
        using var dashboard = DashboardClient.Of(stack);
        await new Demo(stack, dashboard, cancellationToken).RunAsync();
        return 0;
    }

    private async Task RunAsync()
    {
        await Steps.RunAsync(SignUpAsync);
        await Steps.RunAsync(CreateHomeAsync);
        await Steps.RunAsync(CreateAccountAsync);
        await Steps.RunAsync(IssueCredentialsAsync);
        await using var device = Device(_password);
        await Steps.RunAsync(() => AcceptedAsync(device));
        await Steps.RunAsync(() => RefusedAsync(Secrets.NewPassword(), "with a wrong password"));
        await Steps.RunAsync(() => RefusedAsync("", "with an empty password"));
        await Steps.RunAsync(DeleteAccountAsync);
        await Steps.RunAsync(() => RefusedAsync(_password, "with the password that was right"));
        await Steps.RunAsync(ContactIsGoneAsync);
    }

    private async Task<string> SignUpAsync()
    {
        var password = Secrets.NewPassword();
        await dashboard.SignUpAsync("installer@example.org", password, cancellationToken);
        await dashboard.SignInAsync("installer@example.org", password, cancellationToken);
        return "installer@example.org signed up and signed in at /auth/v1";
    }

    private async Task<string> CreateHomeAsync()
    {
        var site = await dashboard.InsertAsync("sites", new { name = "Résidence des Lilas", address = "1 rue des Lilas", type = "building", timezone = "Europe/Paris" }, cancellationToken);
        var building = await dashboard.InsertAsync("buildings", new { site_id = Text(site, "id"), name = "A" }, cancellationToken);
        var unit = await dashboard.InsertAsync("units", new { building_id = Text(building, "id"), number = "401", floor = 4 }, cancellationToken);
        _id = Text(unit, "id");
        return "site, building and unit 401 created through /rest/v1 with the user's token";
    }

    private async Task<string> CreateAccountAsync()
    {
        var account = await dashboard.InsertAsync("sip_accounts", new { unit_id = _id, type = "panel" }, cancellationToken);
        _id = Text(account, "id");
        _username = Text(account, "username");
        _domain = Text(account, "domain");
        await WaitForSyncAsync();
        return $"account {_username}@{_domain} created and brought to Kamailio by the doorbell";
    }

    private async Task WaitForSyncAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(SyncDeadline);
        var state = "unknown";
        try
        {
            while (state != "synced")
            {
                var rows = await dashboard.SelectAsync("sip_account_sync", $"account_id=eq.{_id}&select=state,last_error", deadline.Token);
                state = rows.Count == 1 ? Text(rows[0]!, "state") : "not visible";
                Steps.Require(state != "failed", $"the account failed to sync: {rows}");
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DemoFailedException($"after {SyncDeadline.TotalSeconds:0} s the account is still \"{state}\"");
        }
    }

    private async Task<string> IssueCredentialsAsync()
    {
        var answer = await SyncAsync("create_account");
        _password = Text(answer["credentials"] ?? throw new DemoFailedException($"no credentials in {answer}"), "password");
        return "credentials issued by POST /api/kamailio-sync create_account; only digests are stored";
    }

    private async Task<string> AcceptedAsync(SipDevice device)
    {
        var answer = await device.RegisterAsync(cancellationToken);
        Steps.Require(answer.StatusCode == 200, $"REGISTER was answered {answer.StatusCode} {answer.Reason}");
        Steps.Require(await ContactsAsync() == 1, "the device registered but has no row in location");
        return $"REGISTER {_username}@{_domain}: {answer.StatusCode} {answer.Reason}, the contact is in location";
    }

    private async Task<string> RefusedAsync(string password, string how)
    {
        await using var device = Device(password);
        var answer = await device.RegisterAsync(cancellationToken);
        Steps.Require(answer.StatusCode is 401 or 403, $"REGISTER {how} was answered {answer.StatusCode} {answer.Reason}");
        return $"REGISTER {how}: refused, {answer.StatusCode} {answer.Reason}";
    }

    private async Task<string> DeleteAccountAsync()
    {
        var answer = await SyncAsync("delete_account");
        Steps.Require(answer["accounts_deleted"]?.GetValue<int>() == 1, $"delete_account answered {answer}");
        return "account deleted by POST /api/kamailio-sync delete_account";
    }

    private async Task<string> ContactIsGoneAsync()
    {
        var left = await ContactsAsync();
        Steps.Require(left == 0, $"{left} contacts of {_username} are left in location");
        return "its contact is gone from location";
    }

    private async Task<JsonObject> SyncAsync(string action)
    {
        var (status, answer) = await dashboard.KamailioSyncAsync(new { action, account_id = _id }, cancellationToken);
        Steps.Require(
            status == HttpStatusCode.OK && answer["success"]?.GetValue<bool>() == true,
            $"{action} was answered {(int)status}, errors: {answer["errors"] ?? answer["error"]}");
        return answer;
    }

    private async Task<long> ContactsAsync()
    {
        await using var connection = new MySqlConnection(stack.KamailioDatabase.RootConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand("select count(*) from location where username = ? and domain = ?", connection);
        command.Parameters.Add(new MySqlParameter { Value = _username });
        command.Parameters.Add(new MySqlParameter { Value = _domain });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private SipDevice Device(string password) => new(new SipDeviceOptions
    {
        Server = new IPEndPoint(IPAddress.Loopback, stack.Kamailio.UdpPort),
        Username = _username,
        Domain = _domain,
        Password = password,
    });

    private static string Text(JsonNode row, string column) => row[column]!.GetValue<string>();
}
