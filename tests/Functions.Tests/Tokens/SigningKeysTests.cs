using Neolia.Functions.Tokens;

namespace Neolia.Functions.Tests.Tokens;

/// <summary>Tokens signed with a published key, while keys change and the issuer comes and goes.</summary>
public sealed class SigningKeysTests : IDisposable
{
    private readonly TokenKey _ec = TokenKey.Es256();
    private readonly TokenKey _rsa = TokenKey.Rs256();
    private readonly TokenKey _next = TokenKey.Es256();

    public void Dispose()
    {
        _ec.Dispose();
        _rsa.Dispose();
        _next.Dispose();
    }

    [Fact]
    public async Task Tokens_of_either_algorithm_are_valid_and_the_keys_are_read_once()
    {
        await using var issuer = await TokenIssuer.StartAsync(_ec, _rsa);
        await using var rig = TokenRig.Create(issuer);

        var verdicts = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => rig.JudgeAsync((i % 2 == 0 ? _ec : _rsa).Sign(rig.Claims()))));

        Assert.All(verdicts, verdict => Assert.Equal(TokenVerdict.Valid, verdict));
        Assert.Equal(1, issuer.Readings);
    }

    [Fact]
    public async Task A_key_published_after_the_start_is_accepted_at_once_also_by_tokens_that_come_together()
    {
        await using var issuer = await TokenIssuer.StartAsync(_ec);
        await using var rig = TokenRig.Create(issuer);
        Assert.Equal(TokenVerdict.Valid, await rig.JudgeAsync(_ec.Sign(rig.Claims())));
        rig.Clock.Advance(TimeSpan.FromSeconds(5));

        issuer.Publish(_ec, _next);
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => rig.JudgeAsync(_next.Sign(rig.Claims())))));

        Assert.All(verdicts, verdict => Assert.Equal(TokenVerdict.Valid, verdict));
        Assert.Equal(2, issuer.Readings);
    }

    [Fact]
    public async Task Forged_key_ids_do_not_make_it_ask_more_often_than_every_5_seconds()
    {
        await using var issuer = await TokenIssuer.StartAsync(_ec);
        await using var rig = TokenRig.Create(issuer);
        Assert.Equal(TokenVerdict.Valid, await rig.JudgeAsync(_ec.Sign(rig.Claims())));

        for (var second = 0; second < 20; second++)
        {
            foreach (var forged in await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ForgeAsync(rig))))
                Assert.Equal(TokenVerdict.Invalid, forged);
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        // At 0 s for the genuine one, then at 5, 10 and 15 s.
        Assert.Equal(4, issuer.Readings);
        Assert.Equal(TokenVerdict.Valid, await rig.JudgeAsync(_ec.Sign(rig.Claims())));
    }

    [Fact]
    public async Task Keys_are_kept_for_10_minutes_and_a_withdrawn_one_no_longer_verifies_then()
    {
        await using var issuer = await TokenIssuer.StartAsync(_ec, _next);
        await using var rig = TokenRig.Create(issuer);
        Assert.Equal(TokenVerdict.Valid, await rig.JudgeAsync(_ec.Sign(rig.Claims())));
        issuer.Publish(_next);

        rig.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(TokenVerdict.Valid, await rig.JudgeAsync(_ec.Sign(rig.Claims())));
        Assert.Equal(1, issuer.Readings);

        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TokenVerdict.Invalid, await rig.JudgeAsync(_ec.Sign(rig.Claims())));
        Assert.Equal(TokenVerdict.Valid, await rig.JudgeAsync(_next.Sign(rig.Claims())));
        Assert.Equal(2, issuer.Readings);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("[]")]
    [InlineData("""{"keys":17}""")]
    public async Task The_last_good_keys_serve_for_an_hour_while_the_issuer_is_out_of_order(string? answersInstead)
    {
        await using var issuer = await TokenIssuer.StartAsync(_ec);
        await using var rig = TokenRig.Create(issuer);
        Assert.Equal(TokenVerdict.Valid, await rig.JudgeAsync(_ec.Sign(rig.Claims())));

        if (answersInstead is null)
            issuer.OutOfOrder = true;
        else
            issuer.AnswerInstead(answersInstead);
        for (var minute = 1; minute < 60; minute++)
        {
            rig.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(TokenVerdict.Valid, await rig.JudgeAsync(_ec.Sign(rig.Claims())));
        }

        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TokenVerdict.Invalid, await rig.JudgeAsync(_ec.Sign(rig.Claims())));
    }

    [Fact]
    public async Task An_issuer_that_was_never_reached_verifies_nothing_until_it_is()
    {
        await using var issuer = await TokenIssuer.StartAsync(_ec);
        await using var rig = TokenRig.Create(issuer);
        issuer.OutOfOrder = true;
        Assert.Equal(TokenVerdict.Invalid, await rig.JudgeAsync(_ec.Sign(rig.Claims())));

        issuer.OutOfOrder = false;
        rig.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(TokenVerdict.Valid, await rig.JudgeAsync(_ec.Sign(rig.Claims())));
    }

    [Fact]
    public async Task Tokens_that_come_together_wait_for_a_silent_issuer_once_and_not_one_after_the_other()
    {
        await using var issuer = await TokenIssuer.StartAsync(_ec);
        await using var rig = TokenRig.Create(issuer, patience: TimeSpan.FromSeconds(1));
        Assert.Equal(TokenVerdict.Valid, await rig.JudgeAsync(_ec.Sign(rig.Claims())));
        rig.Clock.Advance(TimeSpan.FromMinutes(11));
        issuer.Hold();

        var judged = Enumerable.Range(0, 20).Select(_ => rig.JudgeAsync(_ec.Sign(rig.Claims()))).ToArray();
        while (issuer.Readings < 2)
            await Task.Delay(10, TestContext.Current.CancellationToken);

        // As much as passes until the time-out, after which the next reading would be allowed, were it counted from the start.
        rig.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.All(await Task.WhenAll(judged), verdict => Assert.Equal(TokenVerdict.Valid, verdict));
        Assert.Equal(2, issuer.Readings);
    }

    [Fact]
    public async Task Who_hangs_up_does_not_take_the_reading_with_him()
    {
        await using var issuer = await TokenIssuer.StartAsync(_ec);
        await using var rig = TokenRig.Create(issuer);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        issuer.Hold();

        var first = rig.VerifyUntilAsync($"Bearer {_ec.Sign(rig.Claims())}", caller.Token);
        await caller.CancelAsync();
        issuer.LetGo();
        await first;

        Assert.Equal(TokenVerdict.Valid, await rig.JudgeAsync(_ec.Sign(rig.Claims())));
        Assert.Equal(1, issuer.Readings);
    }

    [Fact]
    public async Task Without_a_configured_issuer_nobody_is_asked_and_its_tokens_are_refused()
    {
        await using var rig = TokenRig.Create(issuer: null, TokenKey.NewSecret());

        Assert.Equal(TokenVerdict.Invalid, await rig.JudgeAsync(_ec.Sign(rig.Claims())));
    }

    private static async Task<TokenVerdict> ForgeAsync(TokenRig rig)
    {
        using var forger = TokenKey.Es256();
        return await rig.JudgeAsync(forger.Sign(rig.Claims()));
    }
}
