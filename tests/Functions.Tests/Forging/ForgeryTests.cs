using System.Diagnostics;
using Neolia.Functions.Doorbells;
using Neolia.Functions.Tests.Tokens;
using Neolia.Functions.Tokens;

namespace Neolia.Functions.Tests.Forging;

/// <summary>The figures: of very many forged tokens and webhooks none is accepted, of many genuine ones none refused.</summary>
public sealed class ForgeryTests : IAsyncLifetime
{
    private const int Seed = 20260301;

    // More webhooks than tokens: checking and making a signature of a key pair costs a hundred times as much.
    private const int ForgedWebhooks = 81_000;
    private const int ForgedTokens = 22_000;
    private const int GenuineWebhooks = 4_000;
    private const int GenuineTokens = 6_000;

    private readonly Random _random = new(Seed);
    private readonly ChangingSecrets _webhookSecrets = new();
    private readonly ManualClock _clock = new(DateTimeOffset.UtcNow);
    private readonly TokenKey[] _forgers = [TokenKey.Es256(), TokenKey.Es256(), TokenKey.Rs256(), TokenKey.Hs256(TokenKey.NewSecret())];
    private readonly string[] _secrets;
    private readonly TokenKey[] _keys;
    private TokenIssuer? _issuer;
    private TokenRig? _rig;

    public ForgeryTests()
    {
        _secrets = [Webhook.NewSecret(_random), Webhook.NewSecret(_random)];
        _webhookSecrets.Webhook = string.Join(' ', _secrets);
        var (old, next) = (TokenKey.NewSecret(), TokenKey.NewSecret());
        SharedSecrets = $"{old} {next}";

        _keys = [TokenKey.Es256(), TokenKey.Rs256(), TokenKey.Hs256(old), TokenKey.Hs256(next)];
    }

    private string SharedSecrets { get; }

    private TokenIssuer Issuer => _issuer!;

    private TokenRig Rig => _rig!;

    private DoorbellVerifier Doorbells => new(_webhookSecrets, _clock);

    public async ValueTask InitializeAsync()
    {
        _issuer = await TokenIssuer.StartAsync([.. _keys.Where(key => key.Algorithm != "HS256")]);
        _rig = TokenRig.Create(_issuer, SharedSecrets);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var key in (TokenKey[])[.. _keys, .. _forgers])
            key.Dispose();
        if (_rig is not null)
            await _rig.DisposeAsync();
        if (_issuer is not null)
            await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task Of_more_than_100_000_forged_ones_none_is_accepted()
    {
        var began = Stopwatch.StartNew();
        var (verifier, accepted) = (Doorbells, new List<string>());
        var webhooks = new WebhookForger(_random, _secrets, _clock.GetUtcNow()).Kinds;
        for (var i = 0; i < ForgedWebhooks; i++)
        {
            var (kind, make) = webhooks[i % webhooks.Count];
            var forged = make();
            if (forged.JudgedBy(verifier) == DoorbellVerdict.Genuine)
                accepted.Add($"webhook {i}, {kind}: {forged}");
        }

        var tokens = new TokenForger(_random, Rig, _keys, _forgers).Kinds;
        for (var i = 0; i < ForgedTokens; i++)
        {
            var (kind, make) = tokens[i % tokens.Count];
            var forged = make();
            var (verdict, caller) = await Rig.VerifyAsync($"Bearer {forged}");
            if (verdict == TokenVerdict.Valid || caller is not null)
                accepted.Add($"token {i}, {kind}: {forged}");
        }

        Print($"forged: {ForgedWebhooks:N0} webhooks of {webhooks.Count} kinds and {ForgedTokens:N0} tokens of {tokens.Count} kinds, {accepted.Count} accepted; "
            + $"the issuer was asked for its keys {Issuer.Readings} time(s); seed {Seed}, {began.Elapsed.TotalSeconds:0.0} s");
        Assert.Empty(accepted);
        Assert.Equal(1, Issuer.Readings);

        // That all of it was refused for what is wrong with it, and not because nothing works.
        Assert.All(_secrets, secret => Assert.Equal(DoorbellVerdict.Genuine, Webhook.Send(_random, secret, _clock.GetUtcNow(), 0).JudgedBy(verifier)));
        foreach (var key in _keys)
            Assert.Equal(TokenVerdict.Valid, await Rig.JudgeAsync(key.Sign(Rig.Claims())));
    }

    [Fact]
    public async Task Of_10_000_genuine_ones_none_is_refused()
    {
        var began = Stopwatch.StartNew();
        var (verifier, refused) = (Doorbells, new List<string>());
        for (var i = 0; i < GenuineWebhooks; i++)
        {
            var webhook = Webhook.Send(_random, _secrets[i % _secrets.Length], _clock.GetUtcNow(), _random.Next(-300, 301));
            if (_random.Next(4) == 0)
                webhook = webhook with { Signature = $"{webhook.SignatureOf(Webhook.NewSecret(_random))} {webhook.Signature}" };
            if (webhook.JudgedBy(verifier) is not DoorbellVerdict.Genuine and var verdict)
                refused.Add($"webhook {i}, {verdict}: {webhook}");
        }

        for (var i = 0; i < GenuineTokens; i++)
        {
            var key = _keys[i % _keys.Length];
            var claims = _random.Next(4) == 0 ? Rig.Claims(("role", "service_role")) : Rig.Claims(("session", _random.NextInt64()));
            if (await Rig.JudgeAsync(key.Sign(claims)) is not TokenVerdict.Valid and var verdict)
                refused.Add($"token {i}, {key.Algorithm}, {verdict}: {claims}");
        }

        Print($"genuine: {GenuineWebhooks:N0} webhooks of {_secrets.Length} secrets and {GenuineTokens:N0} tokens (ES256, RS256, HS256 with {_keys.Length - 2} secrets), "
            + $"{refused.Count} refused; seed {Seed}, {began.Elapsed.TotalSeconds:0.0} s");
        Assert.Empty(refused);
    }

    private static void Print(string figures)
    {
        TestContext.Current.TestOutputHelper!.WriteLine(figures);
        Console.WriteLine(figures);
    }
}
