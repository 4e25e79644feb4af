using System.Security.Cryptography;
using Neolia.LocalStack;
using Neolia.LocalStack.Functions;

namespace Neolia.EndToEnd.Tests.Vault;

/// <summary>A stack of one's own whose app has no secret in its settings: all of them stand in a vault.</summary>
public sealed class VaultRig : IAsyncLifetime
{
    private Stack? _stack;

    public Stack Stack => _stack ?? throw new InvalidOperationException("The stack has not started.");

    public async ValueTask InitializeAsync() =>
        _stack = await Stack.StartAsync(new StackOptions { WithApp = false, WithDashboard = false }, CancellationToken.None);

    public ValueTask DisposeAsync() => _stack?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The stack's secrets under their names in the vault.</summary>
    public IReadOnlyDictionary<string, string> Secrets => new Dictionary<string, string>
    {
        ["supabase-password"] = Stack.AppSettings["Supabase__Password"],
        ["kamailio-password"] = Stack.AppSettings["Kamailio__Password"],
        ["webhook-secret"] = Stack.AppSettings["Webhook__Secret"],
        ["supabase-jwt-secret"] = Stack.AppSettings["Supabase__JwtSecret"],
    };

    internal Task<FunctionApp> StartAppAsync(KeyVaultServer vault, params IEnumerable<KeyValuePair<string, string>> more)
    {
        string[] secrets = ["Supabase__Password", "Kamailio__Password", "Webhook__Secret", "Supabase__JwtSecret"];
        var settings = Stack.AppSettings.Where(s => !secrets.Contains(s.Key)).Concat(vault.AppSettings).ToDictionary();
        settings["KeyVault__RefreshInterval"] = "00:00:01";
        foreach (var (name, value) in more)
            settings[name] = value;
        return FunctionApp.StartAsync(new FunctionAppOptions { Settings = settings }, TestContext.Current.CancellationToken);
    }

    public static string NewPassword() => RandomNumberGenerator.GetHexString(40, lowercase: true);
}
