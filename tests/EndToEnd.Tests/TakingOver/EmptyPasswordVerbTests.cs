using System.Globalization;
using Neolia.LocalStack.Kamailio;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.TakingOver;

public sealed class EmptyPasswordVerbTests(StackFixture stack) : IAsyncLifetime
{
    private static readonly Dictionary<string, string> NoSettings = [];

    private Installation _installation = null!;

    public async ValueTask InitializeAsync()
    {
        _installation = await Installation.StartAsync(stack.Stack.MariaDb);
        var digest = string.Create(CultureInfo.InvariantCulture, $"{Guid.NewGuid():n}");
        await _installation.AddAsync("panel101", "", digest, digest);
    }

    public ValueTask DisposeAsync() => _installation.DisposeAsync();

    [Fact]
    public async Task Door_is_found_open_today_and_closed_with_our_configuration()
    {
        var today = await TryAsync(_installation.Today);
        var ours = await TryAsync(_installation.Ours);

        Assert.Equal(1, today.ExitCode);
        Assert.Contains("an EMPTY password lets in!", today.Output, StringComparison.Ordinal);
        Assert.Equal(0, ours.ExitCode);
        Assert.Equal("panel101@sip.neolia.app: an empty password is refused.\n", ours.Output);
        var (open, closed) = ((await TryAsync(_installation.Today, "--json")).Json, (await TryAsync(_installation.Ours, "--json")).Json);
        Assert.Equal((false, "let_in"), (open.GetProperty("success").GetBoolean(), open.GetProperty("outcome").GetString()));
        Assert.Equal((true, "refused"), (closed.GetProperty("success").GetBoolean(), closed.GetProperty("outcome").GetString()));
    }

    [Fact]
    public async Task No_answer_is_not_taken_for_a_refusal()
    {
        using var nobody = LoopbackPort.Claim();

        var verb = await Verb.RunAsync(NoSettings, "try-empty-password", "panel101@sip.neolia.app", "--sip-address", $"127.0.0.1:{nobody.Number}");

        Assert.Equal(1, verb.ExitCode);
        Assert.Contains("doesn't answer SIP", verb.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_without_a_domain_is_wrong_usage()
    {
        var verb = await Verb.RunAsync(NoSettings, "try-empty-password", "panel101");

        Assert.Equal(2, verb.ExitCode);
        Assert.Contains("'panel101' is not NAME@DOMAIN.", verb.Errors, StringComparison.Ordinal);
    }

    private static Task<Verb> TryAsync(KamailioServer kamailio, params string[] options) =>
        Verb.RunAsync(NoSettings, ["try-empty-password", "panel101@sip.neolia.app", "--sip-address", kamailio.SipAddress, .. options]);
}
