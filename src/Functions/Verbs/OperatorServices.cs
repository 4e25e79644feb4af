using Neolia.Functions.Checking;

namespace Neolia.Functions.Verbs;

internal static class OperatorServices
{
    public static void AddOperator(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SubscriberCheck>();
        builder.Services.AddSingleton<ExcessRightsCheck>();
        builder.Services.AddSingleton<RegistrationTimesCheck>();
        builder.Services.AddSingleton<OperatorCheck>();
        builder.Services.AddSingleton<AccountReader>();
    }
}
