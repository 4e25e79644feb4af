namespace Neolia.Functions.Tokens;

internal static class TokenServices
{
    public static void AddUserTokens(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SigningKeys>();
        builder.Services.AddSingleton<UserTokens>();
    }
}
