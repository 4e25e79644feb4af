using Microsoft.Extensions.Options;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Secrets;
using Neolia.Functions.Settings;
using Neolia.Functions.TakingOver;

namespace Neolia.Functions.Verbs;

internal static class TakingOverServices
{
    public static void AddTakingOver(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<EmptyPasswordProbe>();
        builder.Services.AddSingleton<Guests>();
        builder.Services.AddSingleton<AccountNames>();
        builder.Services.AddSingleton<Handover>();
        builder.Services.AddSingleton<Adoption>();
        builder.Services.AddSingleton<AdoptSubscribers>();
        builder.Services.AddSingleton<PasswordHashes>();
    }

    /// <summary>Kamailio's database as an administrator, where the operator names one, else as this program.</summary>
    public static KamailioDatabase KamailioAs(this IServiceProvider services, string? administrator)
    {
        if (administrator is null)
            return services.GetRequiredService<KamailioDatabase>();
        if (services.GetRequiredService<IConfiguration>().Read(SettingRegistry.AdministratorPassword) is not { Length: > 0 } password)
            throw new VerbUsageException(SettingSentence.Of($"{SettingRegistry.AdministratorPassword.Name} is missing, the password of '{administrator}'"));

        var options = services.GetRequiredService<IOptions<KamailioOptions>>().Value;
        return KamailioDatabase.Open(options.As(administrator), new AdministratorSecrets(password));
    }

    private sealed class AdministratorSecrets(string password) : ISecrets
    {
        public string? Trouble => null;

        public string? Read(Secret secret) => secret == Secret.KamailioPassword ? password : null;

        public Task RefreshAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
