using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Neolia.Functions.Supabase;
using Neolia.Functions.Tokens;

namespace Neolia.Functions.Tests.Tokens;

/// <summary>Which claims and algorithms make a caller.</summary>
public sealed class UserTokensTests : IDisposable
{
    private static readonly string Shared = TokenKey.NewSecret();
    private readonly TokenKey _ec = TokenKey.Es256();
    private readonly TokenKey _rsa = TokenKey.Rs256();
    private readonly TokenKey _legacy = TokenKey.Hs256(Shared);

    public void Dispose()
    {
        _ec.Dispose();
        _rsa.Dispose();
        _legacy.Dispose();
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("HS256")]
    public async Task The_caller_is_the_user_of_the_token_with_its_claims(string algorithm)
    {
        await using var issuer = await TokenIssuer.StartAsync(_ec, _rsa);
        await using var rig = TokenRig.Create(issuer, Shared);
        var claims = rig.Claims(("email", "zoé@example.org"));

        var (verdict, caller) = await rig.VerifyAsync($"bearer  {KeyOf(algorithm).Sign(claims)} ");

        Assert.Equal(TokenVerdict.Valid, verdict);
        var user = Assert.IsType<Caller.User>(caller);
        Assert.Equal(claims["sub"]!.GetValue<string>(), user.Id.ToString());
        Assert.True(JsonNode.DeepEquals(claims, JsonNode.Parse(user.Claims)));
    }

    public static TheoryData<string, string> Flaws => new()
    {
        { """{"aud":["other","authenticated"]}""", nameof(TokenVerdict.Valid) },
        { """{"aud":["authenticated"]}""", nameof(TokenVerdict.Valid) },
        { """{"aud":"other"}""", nameof(TokenVerdict.Invalid) },
        { """{"aud":["other","another"]}""", nameof(TokenVerdict.Invalid) },
        { """{"aud":"Authenticated"}""", nameof(TokenVerdict.Invalid) },
        { """{"aud":[]}""", nameof(TokenVerdict.Invalid) },
        { """{"aud":null}""", nameof(TokenVerdict.Invalid) },
        { """{"aud":{"authenticated":true}}""", nameof(TokenVerdict.Invalid) },
        { """{"iss":"https://other.supabase.co/auth/v1"}""", nameof(TokenVerdict.Invalid) },
        { """{"iss":"supabase"}""", nameof(TokenVerdict.Invalid) },
        { """{"iss":""}""", nameof(TokenVerdict.Invalid) },
        { """{"iss":null}""", nameof(TokenVerdict.Invalid) },
        { """{"exp":null}""", nameof(TokenVerdict.Invalid) },
        { """{"exp":"tomorrow"}""", nameof(TokenVerdict.Invalid) },
        { """{"exp":"-31"}""", nameof(TokenVerdict.Expired) },
        { """{"exp":"-20"}""", nameof(TokenVerdict.Valid) },
        { """{"nbf":"+40"}""", nameof(TokenVerdict.Invalid) },
        { """{"nbf":"+20"}""", nameof(TokenVerdict.Valid) },
        { """{"role":"anon"}""", nameof(TokenVerdict.NotAUser) },
        { """{"role":"anon","iss":"supabase","aud":null,"sub":null}""", nameof(TokenVerdict.NotAUser) },
        { """{"role":"Authenticated"}""", nameof(TokenVerdict.NotAUser) },
        { """{"role":"postgres"}""", nameof(TokenVerdict.NotAUser) },
        { """{"role":["authenticated"]}""", nameof(TokenVerdict.NotAUser) },
        { """{"role":["service_role"]}""", nameof(TokenVerdict.NotAUser) },
        { """{"role":null}""", nameof(TokenVerdict.NotAUser) },
        { """{"sub":null}""", nameof(TokenVerdict.NotAUser) },
        { """{"sub":""}""", nameof(TokenVerdict.NotAUser) },
        { """{"sub":"admin"}""", nameof(TokenVerdict.NotAUser) },
        { """{"sub":17}""", nameof(TokenVerdict.NotAUser) },
        { """{"sub":"(6f9619ff-8b86-d011-b42d-00cf4fc964ff)"}""", nameof(TokenVerdict.NotAUser) },
        { """{"sub":"6f9619ff-8b86-d011-b42d-00cf4fc964ff' or true --"}""", nameof(TokenVerdict.NotAUser) },
        { """{"sub":"6F9619FF-8B86-D011-B42D-00CF4FC964FF"}""", nameof(TokenVerdict.Valid) },
    };

    [Theory]
    [MemberData(nameof(Flaws))]
    public async Task Genuine_claims_are_judged_alike_whatever_signed_them(string flaw, string verdict)
    {
        await using var issuer = await TokenIssuer.StartAsync(_ec);
        await using var rig = TokenRig.Create(issuer, Shared);
        var claims = rig.Claims([.. JsonNode.Parse(flaw)!.AsObject().Select(spoilt => (spoilt.Key, Moment(spoilt.Value)))]);

        foreach (var key in (TokenKey[])[_ec, _legacy])
        {
            var (actual, caller) = await rig.VerifyAsync($"Bearer {key.Sign(claims)}");

            Assert.Equal((key.Algorithm, verdict), (key.Algorithm, actual.ToString()));
            Assert.Equal(verdict == nameof(TokenVerdict.Valid), caller is Caller.User);
        }
    }

    [Fact]
    public async Task Service_role_acts_for_all_by_a_legacy_key_without_audience_and_user_or_by_the_issuer()
    {
        await using var issuer = await TokenIssuer.StartAsync(_ec);
        await using var rig = TokenRig.Create(issuer, Shared);
        var legacy = rig.Claims(("role", "service_role"), ("iss", "supabase"), ("aud", null), ("sub", null), ("ref", "project"));

        Assert.Equal((TokenVerdict.Valid, new Caller.Service()), await rig.VerifyAsync($"Bearer {_legacy.Sign(legacy)}"));
        Assert.Equal((TokenVerdict.Valid, new Caller.Service()), await rig.VerifyAsync($"Bearer {_ec.Sign(rig.Claims(("role", "service_role")))}"));

        // The shared secret makes legacy keys, the issuer's key pairs don't.
        Assert.Equal(TokenVerdict.Invalid, await rig.JudgeAsync(_ec.Sign(legacy)));
        legacy["iss"] = "another-project";
        Assert.Equal(TokenVerdict.Invalid, await rig.JudgeAsync(_legacy.Sign(legacy)));
        legacy["iss"] = "supabase";
        legacy["exp"] = TokenRig.In(TimeSpan.FromMinutes(-1));
        Assert.Equal(TokenVerdict.Expired, await rig.JudgeAsync(_legacy.Sign(legacy)));
    }

    [Fact]
    public async Task A_shared_secret_counts_only_while_it_is_configured_and_two_during_a_change()
    {
        await using var issuer = await TokenIssuer.StartAsync(_ec);
        await using var rig = TokenRig.Create(issuer);
        var next = TokenKey.NewSecret();
        using var nextKey = TokenKey.Hs256(next);

        foreach (var (configured, first, second) in ((string?, TokenVerdict, TokenVerdict)[])
            [
                (null, TokenVerdict.Invalid, TokenVerdict.Invalid),
                ("", TokenVerdict.Invalid, TokenVerdict.Invalid),
                (Shared, TokenVerdict.Valid, TokenVerdict.Invalid),
                ($"{Shared} {next}", TokenVerdict.Valid, TokenVerdict.Valid),
                (next, TokenVerdict.Invalid, TokenVerdict.Valid),
                (null, TokenVerdict.Invalid, TokenVerdict.Invalid),
            ])
        {
            rig.Secrets.Jwt = configured;
            Assert.Equal(first, await rig.JudgeAsync(_legacy.Sign(rig.Claims())));
            Assert.Equal(second, await rig.JudgeAsync(nextKey.Sign(rig.Claims())));
        }

        // None of them is the issuer's business.
        Assert.Equal(0, issuer.Readings);
    }

    [Fact]
    public async Task A_public_key_is_no_shared_secret()
    {
        await using var issuer = await TokenIssuer.StartAsync(_ec, _rsa);
        await using var rig = TokenRig.Create(issuer, Shared);

        foreach (var pair in (TokenKey[])[_ec, _rsa])
        {
            foreach (var form in pair.PublicForms())
            {
                foreach (var header in (JsonObject[])[new() { ["alg"] = "HS256", ["kid"] = pair.Id }, new() { ["alg"] = "HS256" }, new() { ["alg"] = pair.Algorithm, ["kid"] = pair.Id }])
                    Assert.Equal(TokenVerdict.Invalid, await rig.JudgeAsync(HmacToken(header, rig.Claims(), form)));
            }
        }
    }

    [Fact]
    public async Task A_secret_among_the_published_keys_verifies_nothing()
    {
        using var published = TokenKey.Hs256(TokenKey.NewSecret());
        await using var issuer = await TokenIssuer.StartAsync(_ec, published);
        await using var rig = TokenRig.Create(issuer, Shared);
        Assert.Equal(TokenVerdict.Valid, await rig.JudgeAsync(_ec.Sign(rig.Claims())));

        foreach (var algorithm in (string[])["HS256", "ES256", "RS256"])
            Assert.Equal(TokenVerdict.Invalid, await rig.JudgeAsync(published.Sign(new JsonObject { ["alg"] = algorithm, ["kid"] = published.Id }, rig.Claims())));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("")]
    [InlineData("hs256")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    [InlineData("ES384")]
    [InlineData("PS256")]
    [InlineData("EdDSA")]
    public async Task Only_the_three_algorithms_are_allowed(string algorithm)
    {
        await using var issuer = await TokenIssuer.StartAsync(_ec, _rsa);
        await using var rig = TokenRig.Create(issuer, Shared);

        foreach (var key in (TokenKey[])[_ec, _rsa, _legacy])
        {
            var token = key.Sign(new JsonObject { ["alg"] = algorithm, ["kid"] = key.Id, ["typ"] = "JWT" }, rig.Claims());
            Assert.Equal(TokenVerdict.Invalid, await rig.JudgeAsync(token));
            Assert.Equal(TokenVerdict.Invalid, await rig.JudgeAsync(token[..(token.LastIndexOf('.') + 1)]));
            Assert.Equal(TokenVerdict.Invalid, await rig.JudgeAsync(token[..token.LastIndexOf('.')]));
        }
    }

    [Fact]
    public async Task An_expired_session_is_told_so_also_when_its_key_has_gone()
    {
        await using var issuer = await TokenIssuer.StartAsync(_ec);
        await using var rig = TokenRig.Create(issuer, Shared);
        using var gone = TokenKey.Hs256(TokenKey.NewSecret());
        var expired = rig.Claims(("exp", TokenRig.In(TimeSpan.FromDays(-1))));

        Assert.Equal((TokenVerdict.Expired, null), await rig.VerifyAsync($"Bearer {_legacy.Sign(expired)}"));
        Assert.Equal((TokenVerdict.Expired, null), await rig.VerifyAsync($"Bearer {gone.Sign(expired)}"));
    }

    [Theory]
    [InlineData(null, nameof(TokenVerdict.Missing))]
    [InlineData("", nameof(TokenVerdict.Missing))]
    [InlineData("Bearer", nameof(TokenVerdict.Missing))]
    [InlineData("Basic dXNlcjpwYXNz", nameof(TokenVerdict.Missing))]
    [InlineData("Bearer ", nameof(TokenVerdict.Invalid))]
    [InlineData("Bearer ...", nameof(TokenVerdict.Invalid))]
    [InlineData("Bearer ....", nameof(TokenVerdict.Invalid))]
    [InlineData("Bearer e30.e30.e30", nameof(TokenVerdict.Invalid))]
    [InlineData("Bearer bnVsbA.bnVsbA.bnVsbA", nameof(TokenVerdict.Invalid))]
    [InlineData("Bearer sb_secret_", nameof(TokenVerdict.ApiKey))]
    [InlineData("Bearer sb_publishable_x", nameof(TokenVerdict.ApiKey))]
    public async Task What_is_no_token_is_told_apart(string? authorization, string verdict)
    {
        await using var issuer = await TokenIssuer.StartAsync(_ec);
        await using var rig = TokenRig.Create(issuer, Shared);

        Assert.Equal((Enum.Parse<TokenVerdict>(verdict), null), await rig.VerifyAsync(authorization));
    }

    private static string HmacToken(JsonObject header, JsonObject claims, byte[] key)
    {
        var signed = $"{TokenKey.Encode(header)}.{TokenKey.Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>"+20" is 20 s from now.</summary>
    private static JsonNode? Moment(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is ['+' or '-', ..] text ? TokenRig.In(TimeSpan.FromSeconds(int.Parse(text, System.Globalization.CultureInfo.InvariantCulture))) : value?.DeepClone();

    private TokenKey KeyOf(string algorithm) => new[] { _ec, _rsa, _legacy }.Single(key => key.Algorithm == algorithm);
}
