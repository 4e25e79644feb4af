using Microsoft.Extensions.Options;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Secrets;
using Neolia.Functions.Supabase;

namespace Neolia.Functions.Hosting;

internal static class Databases
{
    public static void AddDatabases(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<SupabaseOptions>().Bind(builder.Configuration.GetSection(SupabaseOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SupabaseOptions>, SupabaseOptionsValidator>();
        services.AddSingleton(provider => SupabaseDatabase.Open(
            provider.GetRequiredService<IOptions<SupabaseOptions>>().Value, provider.GetRequiredService<ISecrets>()));

        services.AddOptions<KamailioOptions>().Bind(builder.Configuration.GetSection(KamailioOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<KamailioOptions>, KamailioOptionsValidator>();
        services.AddSingleton(provider => KamailioDatabase.Open(
            provider.GetRequiredService<IOptions<KamailioOptions>>().Value, provider.GetRequiredService<ISecrets>()));
    }
}
