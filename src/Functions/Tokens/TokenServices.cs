namespace Neolia.Functions.Tokens;

internal static class TokenServices
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private const long MaxKeySetBytes = 256 * 1024;

    public static void AddUserTokens(this WebApplicationBuilder builder)
    {
        builder.Services.AddHttpClient(SigningKeys.HttpClientName, client =>
        {
            client.Timeout = Patience;
            client.MaxResponseContentBufferSize = MaxKeySetBytes;
        });
        builder.Services.AddSingleton<SigningKeys>();
        builder.Services.AddSingleton<UserTokens>();
    }
}
