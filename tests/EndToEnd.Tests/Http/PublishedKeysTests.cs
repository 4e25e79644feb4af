using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Neolia.LocalStack;
using Neolia.LocalStack.Functions;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>The published program with a project that signs with key pairs, as new ones do.</summary>
public sealed class PublishedKeysTests(StackFixture shared)
{
    private const string EcId = "ec-1";
    private const string RsaId = "rsa-1";
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task Tokens_of_published_keys_are_accepted_and_those_of_other_keys_are_not()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var server = await PublishAsync(ec, rsa);
        var issuer = $"{server.Urls.Single()}/auth/v1";
        await using var program = await FunctionApp.StartAsync(
            new FunctionAppOptions { Settings = new Dictionary<string, string>(_stack.AppSettings) { ["Supabase__JwtIssuer"] = issuer } }, TestContext.Current.CancellationToken);
        using var app = new AppClient(_stack, program);

        Assert.Equal(200, await AskAsync(app, Token("ES256", EcId, issuer, text => ec.SignData(text, HashAlgorithmName.SHA256))));
        Assert.Equal(200, await AskAsync(app, Token("RS256", RsaId, issuer, text => rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))));
        Assert.Equal(401, await AskAsync(app, Token("ES256", EcId, issuer, text => stranger.SignData(text, HashAlgorithmName.SHA256))));
        Assert.Equal(401, await AskAsync(app, Token("ES256", EcId, "https://other.example/auth/v1", text => ec.SignData(text, HashAlgorithmName.SHA256))));
    }

    private static async Task<int> AskAsync(AppClient app, string token) => (await app.SyncAsync($"Bearer {token}", new { action = "check_status" })).Status;

    private static string Token(string algorithm, string keyId, string issuer, Func<byte[], byte[]> sign)
    {
        var claims = UserToken.Claims();
        claims["iss"] = issuer;
        var signed = $"{Encode(new { alg = algorithm, kid = keyId, typ = "JWT" })}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(object part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));

    private static async Task<WebApplication> PublishAsync(ECDsa ec, RSA rsa)
    {
        var (point, numbers) = (ec.ExportParameters(false).Q, rsa.ExportParameters(false));
        var keys = JsonSerializer.Serialize(new
        {
            keys = new object[]
            {
                new { kid = EcId, kty = "EC", crv = "P-256", alg = "ES256", use = "sig", x = Base64Url.EncodeToString(point.X), y = Base64Url.EncodeToString(point.Y) },
                new { kid = RsaId, kty = "RSA", alg = "RS256", use = "sig", n = Base64Url.EncodeToString(numbers.Modulus), e = Base64Url.EncodeToString(numbers.Exponent) },
            },
        });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = builder.Build();
        server.MapGet("/auth/v1/.well-known/jwks.json", () => Results.Text(keys, "application/json"));
        await server.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }
}
