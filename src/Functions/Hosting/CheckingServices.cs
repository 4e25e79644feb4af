using Neolia.Functions.Checking;
using Neolia.Functions.SipProbe;

namespace Neolia.Functions.Hosting;

internal static class CheckingServices
{
    public static void AddChecking(this IServiceCollection services)
    {
        services.AddSingleton<PasswordLogin>();
        services.AddSingleton<RegisterProbe>();
        services.AddSingleton<OptionsProbe>();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<WaitingForPeople>();
        services.AddSingleton<SupabaseCheck>();
        services.AddSingleton<KamailioDatabaseCheck>();
        services.AddSingleton<SipCheck>();
        services.AddSingleton<SystemCheck>();
    }
}
