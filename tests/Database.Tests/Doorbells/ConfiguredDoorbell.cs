using System.Security.Cryptography;
using System.Text.Json;
using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Doorbells;

/// <summary>URL and secret in Vault, and a look at pg_net's queue.</summary>
public sealed class ConfiguredDoorbell
{
    public const string Url = "http://127.0.0.1:9/api/webhooks/supabase";

    public string Secret { get; } = NewSecret();

    public static string NewSecret() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>The operator's session, with the doorbell configured and nothing rung yet.</summary>
    public async Task<Session> ConfigureAsync(ProjectFixture project)
    {
        var owner = await project.OwnerAsync();
        await SetAsync(owner, "neolia_doorbell_url", Url);
        await SetAsync(owner, "neolia_doorbell_secret", Secret);
        await owner.ExecuteAsync("delete from net.http_request_queue where true");
        return owner;
    }

    public static Task<int> SetAsync(Session owner, string name, string value) =>
        owner.ExecuteAsync($"delete from vault.secrets where name = '{name}'; select vault.create_secret('{value}', '{name}')");

    internal static async Task<IReadOnlyList<DoorbellRequest>> RequestsAsync(Session owner) =>
        [.. (await owner.RowsAsync("select url, headers::text, convert_from(body, 'UTF8') from net.http_request_queue order by id"))
            .Select(row => row.Split('|'))
            .Select(row => new DoorbellRequest(row[0], JsonSerializer.Deserialize<Dictionary<string, string>>(row[1])!, row[2]))];
}

internal sealed record DoorbellRequest(string Url, IReadOnlyDictionary<string, string> Headers, string Body);
