using System.Text;
using Neolia.LocalStack;
using Neolia.LocalStack.Functions;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.Http;

public sealed class WebhookTests(StackFixture shared)
{
    private const int MaxBytes = 64 * 1024;

    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task A_genuine_doorbell_is_answered_with_what_was_applied()
    {
        using var app = new AppClient(_stack);

        var answer = await new Doorbell().SignedWith(_stack.WebhookSecret).RingAsync(app);

        Assert.Equal(200, answer.Status);
        Assert.Equal(["applied:int", "complete:bool", "failed:int", "retrying:int"], Answer.ShapeOf(answer.Json));
        Assert.True(answer["complete"].GetBoolean());
    }

    [Theory]
    [InlineData("""{"type":"INSERT","table":"invoices","schema":"billing","record":{"id":1},"old_record":null}""")]
    [InlineData("not JSON at all")]
    [InlineData("")]
    [InlineData("""{"record":{"name":"Résidence \"Les Tilleuls\" ☎"}}""")]
    public async Task Any_body_with_a_good_signature_rings(string body)
    {
        using var app = new AppClient(_stack);

        Assert.Equal(200, (await new Doorbell { Body = Encoding.UTF8.GetBytes(body) }.SignedWith(_stack.WebhookSecret).RingAsync(app)).Status);
    }

    [Fact]
    public async Task One_good_signature_among_several_is_enough()
    {
        using var app = new AppClient(_stack);
        var doorbell = new Doorbell();

        var signatures = $"v1a,{Convert.ToBase64String(new byte[64])} v1,AAAA {doorbell.SignatureOf(Secrets.NewWebhookSecret())}  {doorbell.SignatureOf(_stack.WebhookSecret)}";

        Assert.Equal(200, (await new Doorbell { Id = doorbell.Id, Timestamp = doorbell.Timestamp, Signature = signatures }.RingAsync(app)).Status);
    }

    [Fact]
    public async Task A_replay_changes_nothing()
    {
        using var app = new AppClient(_stack);
        var doorbell = new Doorbell().SignedWith(_stack.WebhookSecret);

        Assert.Equal(200, (await doorbell.RingAsync(app)).Status);
        Assert.Equal(200, (await doorbell.RingAsync(app)).Status);
    }

    [Theory]
    [InlineData("no headers", "are needed")]
    [InlineData("no id", "are needed")]
    [InlineData("no timestamp", "are needed")]
    [InlineData("no signature", "are needed")]
    [InlineData("other secret", "doesn't match")]
    [InlineData("other body", "doesn't match")]
    [InlineData("other id", "doesn't match")]
    [InlineData("no version", "doesn't match")]
    [InlineData("other version", "doesn't match")]
    [InlineData("not base64", "doesn't match")]
    [InlineData("truncated", "doesn't match")]
    [InlineData("too old", "300 seconds")]
    [InlineData("from the future", "300 seconds")]
    [InlineData("timestamp is no number", "300 seconds")]
    [InlineData("timestamp beyond all time", "300 seconds")]
    public async Task A_doorbell_that_is_not_genuine_is_refused(string flaw, string sentence)
    {
        using var app = new AppClient(_stack);

        var answer = await Flawed(flaw).RingAsync(app);

        Assert.Equal(401, answer.Status);
        Assert.False(answer["success"].GetBoolean());
        Assert.Contains(sentence, answer["error"].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_above_64_KiB_is_too_large_with_and_without_a_length(bool chunked)
    {
        using var app = new AppClient(_stack);

        Assert.Equal(413, (await new Doorbell { Body = new byte[MaxBytes + 1], Chunked = chunked }.SignedWith(_stack.WebhookSecret).RingAsync(app)).Status);
        Assert.Equal(200, (await new Doorbell { Body = new byte[MaxBytes], Chunked = chunked }.SignedWith(_stack.WebhookSecret).RingAsync(app)).Status);
    }

    [Fact]
    public async Task During_a_change_of_the_secret_both_are_accepted()
    {
        var (old, next) = (Secrets.NewWebhookSecret(), Secrets.NewWebhookSecret());
        await using var changing = await StartAsync($"{old} {next}");
        using var app = new AppClient(_stack, changing);

        Assert.Equal(200, (await new Doorbell().SignedWith(old).RingAsync(app)).Status);
        Assert.Equal(200, (await new Doorbell().SignedWith(next).RingAsync(app)).Status);
        Assert.Equal(200, (await new Doorbell().SignedWith(_stack.WebhookSecret, next).RingAsync(app)).Status);
        Assert.Equal(401, (await new Doorbell().SignedWith(_stack.WebhookSecret).RingAsync(app)).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task Without_a_configured_secret_nothing_is_genuine(string? configured)
    {
        await using var open = await StartAsync(configured);
        using var app = new AppClient(_stack, open);

        var answer = await new Doorbell().SignedWith(_stack.WebhookSecret).RingAsync(app);
        var empty = new Doorbell { Signature = "v1," };

        Assert.Equal(401, answer.Status);
        Assert.Contains("Webhook__Secret", answer["error"].GetString(), StringComparison.Ordinal);
        Assert.Equal(401, (await empty.RingAsync(app)).Status);
    }

    [Fact]
    public async Task A_change_in_Supabase_rings_and_is_applied_within_a_moment()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var posted = _stack.Relay.Posted;
        var account = await dashboard.AddAccountAsync();

        // Far below the 15 s of the timer.
        await Eventually.HoldsAsync("the account is a subscriber", async () => await account.CountSubscribersAsync(_stack) == 1, TimeSpan.FromSeconds(5));
        await Eventually.HoldsAsync(
            "its doorbell was sent, verified and answered",
            async () => _stack.Relay.Posted > posted && await _stack.ReadSupabaseAsync<long>("select count(*) from net._http_response where status_code in (200, 202)") > 0);
        Assert.Equal(0, await _stack.ReadSupabaseAsync<long>("select count(*) from net._http_response where status_code not in (200, 202)"));

        await dashboard.DeleteAccountRowAsync(account);
        await Eventually.HoldsAsync("the subscriber is gone", async () => await account.CountSubscribersAsync(_stack) == 0, TimeSpan.FromSeconds(5));
    }

    private Task<FunctionApp> StartAsync(string? secret)
    {
        var settings = new Dictionary<string, string>(_stack.AppSettings);
        settings.Remove("Webhook__Secret");
        if (secret is not null)
            settings["Webhook__Secret"] = secret;
        return FunctionApp.StartAsync(new FunctionAppOptions { Settings = settings }, TestContext.Current.CancellationToken);
    }

    private Doorbell Flawed(string flaw)
    {
        var good = new Doorbell().SignedWith(_stack.WebhookSecret);
        return flaw switch
        {
            "no headers" => new Doorbell { Id = null, Timestamp = null },
            "no id" => new Doorbell { Id = null, Timestamp = good.Timestamp, Signature = good.Signature },
            "no timestamp" => new Doorbell { Id = good.Id, Timestamp = null, Signature = good.Signature },
            "no signature" => new Doorbell(),
            "other secret" => new Doorbell().SignedWith(Secrets.NewWebhookSecret()),
            "other body" => new Doorbell { Id = good.Id, Timestamp = good.Timestamp, Signature = good.Signature, Body = [.. good.Body, (byte)' '] },
            "other id" => new Doorbell { Timestamp = good.Timestamp, Signature = good.Signature },
            "no version" => new Doorbell { Id = good.Id, Timestamp = good.Timestamp, Signature = good.Signature![3..] },
            "other version" => new Doorbell { Id = good.Id, Timestamp = good.Timestamp, Signature = "v2," + good.Signature![3..] },
            "not base64" => new Doorbell { Signature = "v1,%%%" },
            "truncated" => new Doorbell { Id = good.Id, Timestamp = good.Timestamp, Signature = good.Signature![..^8] },
            "too old" => new Doorbell { Timestamp = Doorbell.At(TimeSpan.FromSeconds(-310)) }.SignedWith(_stack.WebhookSecret),
            "from the future" => new Doorbell { Timestamp = Doorbell.At(TimeSpan.FromSeconds(310)) }.SignedWith(_stack.WebhookSecret),
            "timestamp is no number" => new Doorbell { Timestamp = "yesterday" }.SignedWith(_stack.WebhookSecret),
            "timestamp beyond all time" => new Doorbell { Timestamp = long.MaxValue.ToString(System.Globalization.CultureInfo.InvariantCulture) }.SignedWith(_stack.WebhookSecret),
            _ => throw new ArgumentOutOfRangeException(nameof(flaw), flaw, "No such flaw."),
        };
    }
}
