using Microsoft.Extensions.Options;
using Neolia.Functions.Activity;

namespace Neolia.Functions.Hosting;

internal static class Activities
{
    public static void AddActivityLog(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ActivityOptions>().Bind(builder.Configuration.GetSection(ActivityOptions.Section)).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ActivityOptions>, ActivityOptionsValidator>();
        builder.Services.AddSingleton<ActivityLog>();
    }
}
