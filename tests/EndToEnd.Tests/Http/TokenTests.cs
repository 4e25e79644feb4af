using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>Who kamailio-sync answers: signed-in users and nobody else.</summary>
public sealed class TokenTests(StackFixture shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task A_genuine_user_token_is_accepted_whatever_the_schemes_case()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);

        // Also the proof that the forger below makes tokens that are refused for the one thing that is wrong with them.
        foreach (var authorization in (string[])[$"Bearer {dashboard.Token}", $"bearer {dashboard.Token}", $"Bearer {UserToken.Sign(UserToken.Claims(), _stack.JwtSecret)}"])
            Assert.Equal(200, (await dashboard.App.SyncAsync(authorization, new { action = "check_status" })).Status);
    }

    [Theory]
    [InlineData("no header")]
    [InlineData("empty")]
    [InlineData("no scheme")]
    [InlineData("basic")]
    [InlineData("garbage")]
    [InlineData("three garbage parts")]
    [InlineData("very long garbage")]
    [InlineData("publishable key")]
    [InlineData("secret key")]
    [InlineData("wrong signature")]
    [InlineData("changed payload")]
    [InlineData("alg none")]
    [InlineData("other algorithm")]
    [InlineData("expired")]
    [InlineData("without expiry")]
    [InlineData("not valid yet")]
    [InlineData("wrong audience")]
    [InlineData("without audience")]
    [InlineData("anon role")]
    [InlineData("without role")]
    [InlineData("without subject")]
    [InlineData("subject is no uuid")]
    public async Task Every_other_token_is_refused_with_a_sentence(string flaw)
    {
        using var app = new AppClient(_stack);
        var authorization = Flawed(flaw);

        var answer = await app.SyncAsync(authorization, new { action = "sync_all" });

        Assert.Equal(401, answer.Status);
        Assert.Equal(["details:array", "error:string", "success:bool"], Answer.ShapeOf(answer.Json).Select(f => f.Replace("string[]", "array", StringComparison.Ordinal)));
        Assert.False(answer["success"].GetBoolean());
        Assert.EndsWith(".", answer["error"].GetString(), StringComparison.Ordinal);
        if (authorization is { Length: > 12 })
            Assert.DoesNotContain(authorization[8..], answer.Text + _stack.App!.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sentence_says_what_to_do()
    {
        using var app = new AppClient(_stack);

        Assert.Contains("Sign in first", await ErrorAsync("no header"), StringComparison.Ordinal);
        Assert.Contains("expired", await ErrorAsync("expired"), StringComparison.Ordinal);
        Assert.Contains("API key", await ErrorAsync("secret key"), StringComparison.Ordinal);
        Assert.Contains("not one of a signed-in user", await ErrorAsync("anon role"), StringComparison.Ordinal);

        async Task<string?> ErrorAsync(string flaw) => (await app.SyncAsync(Flawed(flaw), new { action = "sync_all" }))["error"].GetString();
    }

    private string? Flawed(string flaw)
    {
        var claims = UserToken.Claims();
        var keys = _stack.Lite!.Keys;
        switch (flaw)
        {
            case "no header":
                return null;
            case "empty":
                return "Bearer ";
            case "no scheme":
                return UserToken.Sign(claims, _stack.JwtSecret);
            case "basic":
                return "Basic " + Convert.ToBase64String("user:pass"u8);
            case "garbage":
                return "Bearer garbage";
            case "three garbage parts":
                return "Bearer !!.??.==";
            case "very long garbage":
                return "Bearer " + new string('a', 20_000);
            case "publishable key":
                return $"Bearer {keys.Publishable}";
            case "secret key":
                return $"Bearer {keys.Secret}";
            case "wrong signature":
                return $"Bearer {UserToken.Sign(claims, Guid.NewGuid().ToString())}";
            case "changed payload":
                var (one, other) = (UserToken.Sign(claims, _stack.JwtSecret), UserToken.Sign(UserToken.Claims(), _stack.JwtSecret));
                return $"Bearer {one[..one.LastIndexOf('.')]}{other[other.LastIndexOf('.')..]}";
            case "alg none":
                return $"Bearer {UserToken.Sign(claims, "", "none")}";
            case "other algorithm":
                return $"Bearer {UserToken.Sign(claims, _stack.JwtSecret, "HS512")}";
            case "expired":
                claims["exp"] = DateTimeOffset.UtcNow.AddMinutes(-2).ToUnixTimeSeconds();
                break;
            case "without expiry":
                claims.Remove("exp");
                break;
            case "not valid yet":
                claims["nbf"] = DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeSeconds();
                break;
            case "wrong audience":
                claims["aud"] = "another-project";
                break;
            case "without audience":
                claims.Remove("aud");
                break;
            case "anon role":
                claims["role"] = "anon";
                break;
            case "without role":
                claims.Remove("role");
                break;
            case "without subject":
                claims.Remove("sub");
                break;
            case "subject is no uuid":
                claims["sub"] = "admin";
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(flaw), flaw, "No such flaw.");
        }

        return $"Bearer {UserToken.Sign(claims, _stack.JwtSecret)}";
    }
}
