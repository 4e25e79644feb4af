using Neolia.Functions.Credentials;
using Neolia.Functions.Subjects;
using Neolia.Functions.TakingOver;
using Neolia.LocalStack.Kamailio;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.TakingOver;

/// <summary>A table full of plaintext passwords becomes a safe one while its devices go on working.</summary>
public sealed class SecureSubscribersTests(StackFixture stack) : IAsyncLifetime
{
    private const string Digest = "regexp '^[0-9a-f]{32}$'";

    private readonly string _password = Secrets.NewPassword();
    private Installation _installation = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private KamailioServer Today => _installation.Today;

    private KamailioServer Ours => _installation.Ours;

    public async ValueTask InitializeAsync() => _installation = await Installation.StartAsync(stack.Stack.MariaDb);

    public ValueTask DisposeAsync() => _installation.DisposeAsync();

    [Fact]
    public async Task Device_keeps_its_password_through_the_operators_whole_way()
    {
        await _installation.AddAsync("panel101", _password);
        await _installation.AddAsync("onlydigests", "", Digests.RandomHalf(), Digests.RandomHalf());
        Assert.Equal(200, await RegisterAsync(Today, _password));
        Assert.Equal(200, await Installation.RegisterAsync(Today, "onlydigests", ""));

        var stopped = await RunAsync(Today);
        Assert.Equal(EmptyPasswordVerdict.Accepted, stopped.EmptyPassword);
        Assert.Equal((1, 0, 1), (stopped.DigestsMade, stopped.PasswordsBlanked, stopped.PasswordsLeft));
        Assert.Contains(stopped.Attention, sentence => sentence.Contains("kamailio.cfg first", StringComparison.Ordinal));
        Assert.Equal(200, await RegisterAsync(Today, _password));

        // The switch.
        Assert.Equal(200, await RegisterAsync(Ours, _password));
        var blanked = await RunAsync(Ours);
        Assert.Equal((EmptyPasswordVerdict.Refused, 1, 0), (blanked.EmptyPassword, blanked.PasswordsBlanked, blanked.PasswordsLeft));
        Assert.Empty(blanked.Attention);
        Assert.Equal(200, await RegisterAsync(Ours, _password));
        Assert.Equal(401, await RegisterAsync(Ours, ""));
        Assert.Equal(401, await Installation.RegisterAsync(Ours, "onlydigests", ""));

        var before = await _installation.EverythingAsync();
        var again = await RunAsync(Ours);
        Assert.Equal((0, 0, 0), (again.DigestsMade, again.RowsClosed, again.PasswordsBlanked));
        Assert.Equal(before, await _installation.EverythingAsync());
    }

    [Fact]
    public async Task Digests_are_those_that_devices_make()
    {
        var password = $"{_password}é:ß";
        await _installation.AddAsync("panel101", password);

        await RunAsync(Ours);

        var digests = Digests.Of(new SipName("panel101", Installation.Domain), password);
        Assert.Equal([$"|{digests.Ha1}|{digests.Ha1b}"], await _installation.RowsAsync("select password, ha1, ha1b from subscriber"));
        Assert.Equal(200, await RegisterAsync(Ours, password));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("", null)]
    [InlineData("short", "0123456789abcdef0123456789abcdeg")]
    public async Task Row_without_digests_and_password_is_closed_with_random_ones(string ha1, string? ha1b)
    {
        await _installation.ExecuteAsync("alter table subscriber modify ha1b varchar(128) null");
        await _installation.AddAsync("panel101", "", ha1, ha1b);
        await _installation.AddAsync("panel102", "", ha1, ha1b);

        var report = await RunAsync(Ours);

        Assert.Equal((2, 0), (report.RowsClosed, report.DigestsMade));
        Assert.Equal(["4"], await _installation.RowsAsync($"select count(distinct d) from (select ha1 as d from subscriber where ha1 {Digest} union all select ha1b from subscriber where ha1b {Digest}) as x"));
        Assert.Equal(401, await RegisterAsync(Ours, ""));
    }

    [Fact]
    public async Task Good_digest_beside_a_missing_one_stays()
    {
        var digests = Digests.Of(new SipName("panel101", Installation.Domain), _password);
        await _installation.AddAsync("panel101", "", digests.Ha1, "");

        Assert.Equal(1, (await RunAsync(Ours)).RowsClosed);

        Assert.Equal([$"{digests.Ha1}|1"], await _installation.RowsAsync($"select ha1, ha1b {Digest} from subscriber"));
        Assert.Equal(200, await RegisterAsync(Ours, _password));
    }

    [Fact]
    public async Task Older_plaintext_beside_the_digest_that_works_is_blanked_and_changes_nothing()
    {
        var digests = Digests.Of(new SipName("panel101", Installation.Domain), _password);
        var leaked = Secrets.NewPassword();
        await _installation.AddAsync("panel101", leaked, digests.Ha1, "");

        await RunAsync(Ours);

        Assert.Equal(200, await RegisterAsync(Ours, _password));
        Assert.Equal(401, await RegisterAsync(Ours, leaked));
        Assert.Equal([$"|1|0"], await _installation.RowsAsync($"select password, ha1b {Digest}, ha1b = '{Digests.Of(new SipName("panel101", Installation.Domain), leaked).Ha1b}' from subscriber"));
    }

    [Fact]
    public async Task Stale_digest_beside_the_plaintext_that_works_is_replaced()
    {
        await _installation.AddAsync("panel101", _password, Digests.RandomHalf(), Digests.RandomHalf());
        Assert.Equal(200, await RegisterAsync(Today, _password));

        await RunAsync(Today);

        Assert.Equal(200, await RegisterAsync(Ours, _password));
    }

    [Fact]
    public async Task Managed_row_keeps_its_accounts_digests_whatever_somebody_wrote_beside_them()
    {
        var digests = Digests.Of(new SipName("panel101", Installation.Domain), _password);
        await _installation.AddAsync("panel101", Secrets.NewPassword(), digests.Ha1, digests.Ha1b);
        await _installation.ExecuteAsync("insert into neolia_identity (domain, username, account_id) values (@p0, 'panel101', uuid())", Installation.Domain);

        await RunAsync(Today);
        await RunAsync(Ours);

        Assert.Equal([$"|{digests.Ha1}|{digests.Ha1b}"], await _installation.RowsAsync("select password, ha1, ha1b from subscriber"));
    }

    [Fact]
    public async Task Doubled_names_are_named_and_the_key_comes_when_they_are_gone()
    {
        await _installation.ExecuteAsync("alter table subscriber drop key account_idx");
        await _installation.AddAsync("panel101", _password);
        await _installation.AddAsync("Panel101 ", _password);
        await _installation.AddAsync("panel102", _password);

        var doubled = await RunAsync(Ours, administrator: true);
        Assert.Equal(UniqueKey.Doubled, doubled.UniqueKey);
        Assert.Equal(2, Assert.Single(doubled.Doubled).Count);
        Assert.Contains(doubled.Attention, sentence => sentence.Contains("stands 2 times in subscriber", StringComparison.Ordinal));
        Assert.Equal("Panel101 @sip.neolia.app", Assert.Single(doubled.NamesRefused));

        await _installation.ExecuteAsync("delete from subscriber where binary username = 'Panel101 '");
        var byTheApp = await RunAsync(Ours);
        Assert.Equal(UniqueKey.NeedsAdministrator, byTheApp.UniqueKey);
        var statement = byTheApp.Attention.Single().Split("administrator: ")[1];
        Assert.Equal("alter table subscriber add unique key account_idx (username, domain);", statement);

        Assert.Equal(UniqueKey.Added, (await RunAsync(Ours, administrator: true)).UniqueKey);
        Assert.Equal(UniqueKey.Present, (await RunAsync(Ours)).UniqueKey);
        await Assert.ThrowsAsync<MySqlConnector.MySqlException>(() => _installation.AddAsync("PANEL102", ""));
    }

    [Fact]
    public async Task Dry_run_counts_and_changes_nothing()
    {
        await _installation.ExecuteAsync("alter table subscriber drop key account_idx");
        await _installation.AddAsync("panel101", _password);
        await _installation.AddAsync("panel102", "", "", "");
        var before = await _installation.EverythingAsync();
        var nextId = await NextIdAsync();

        var report = await _installation.Securing(Ours.SipAddress, administrator: true).RunAsync(dryRun: true, KilledAt.Never, Cancelled);

        Assert.Equal((1, 1, 1, 0), (report.DigestsMade, report.RowsClosed, report.PasswordsLeft, report.PasswordsBlanked));
        Assert.Equal((UniqueKey.Missing, null), (report.UniqueKey, report.EmptyPassword));
        Assert.Equal(before, await _installation.EverythingAsync());
        Assert.Equal(nextId, await NextIdAsync());
    }

    [Fact]
    public async Task Kamailio_that_proves_nothing_stops_it_before_the_blanking()
    {
        await using var elsewhere = await Installation.StartAsync(stack.Stack.MariaDb);
        await _installation.AddAsync("panel101", _password);
        using var silent = new System.Net.Sockets.UdpClient(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));

        Assert.Equal(EmptyPasswordVerdict.DigestsIgnored, (await RunAsync(elsewhere.Ours)).EmptyPassword);
        Assert.Equal(
            EmptyPasswordVerdict.NoAnswer,
            (await _installation.Securing(silent.Client.LocalEndPoint!.ToString()!).RunAsync(dryRun: false, KilledAt.Never, Cancelled)).EmptyPassword);

        Assert.Equal([_password], await _installation.RowsAsync("select password from subscriber"));
        Assert.Equal(200, await RegisterAsync(Today, _password));
    }

    [Fact]
    public async Task Killed_at_every_step_it_leaves_whole_rows_and_the_next_run_goes_on()
    {
        for (var i = 0; i < 5; i++)
        {
            await _installation.AddAsync($"panel{i}", _password);
            await _installation.AddAsync($"closed{i}", "", "", "");
        }

        // Every run gets two reports further than its start before it dies: each step is reached by some run.
        var kills = 0;
        while (!await FinishesAsync())
        {
            kills++;
            Assert.Empty(await _installation.RowsAsync("select 1 from subscriber where username like 'neolia-probe-%'"));
            Assert.Empty(await _installation.RowsAsync($"select 1 from subscriber where password = '' and username like 'panel%' and not (ha1 {Digest} and ha1b {Digest})"));
        }

        Assert.InRange(kills, 6, 20);
        Assert.Equal(["10|0"], await _installation.RowsAsync($"select sum(ha1 {Digest} and ha1b {Digest}), sum(password <> '') from subscriber"));
        for (var i = 0; i < 5; i++)
            Assert.Equal(200, await Installation.RegisterAsync(Ours, $"panel{i}", _password));
    }

    [Fact]
    public async Task Probe_of_a_killed_run_is_removed_and_an_account_of_such_a_name_stays()
    {
        await _installation.AddAsync("neolia-probe-0123456789abcdef01234567", "", Digests.RandomHalf(), Digests.RandomHalf());
        await _installation.AddAsync("neolia-probe-0123456789abcdef89abcdef", "", Digests.RandomHalf(), Digests.RandomHalf());
        await _installation.AddAsync("neolia-probe-panel", "", Digests.RandomHalf(), Digests.RandomHalf());
        await _installation.ExecuteAsync("insert into neolia_identity (domain, username, account_id) values (@p0, 'neolia-probe-0123456789abcdef89abcdef', uuid())", Installation.Domain);

        await RunAsync(Ours);

        Assert.Equal(["neolia-probe-0123456789abcdef89abcdef", "neolia-probe-panel"], await _installation.RowsAsync("select username from subscriber order by 1"));
        Assert.Empty(await _installation.RowsAsync("select 1 from location"));
    }

    [Fact]
    public async Task Runs_side_by_side_leave_each_other_its_probe()
    {
        await _installation.AddAsync("panel101", _password);

        var reports = await Task.WhenAll(RunAsync(Ours), RunAsync(Ours), RunAsync(Ours), RunAsync(Ours));

        Assert.All(reports, report => Assert.Equal(EmptyPasswordVerdict.Refused, report.EmptyPassword));
        Assert.Equal(["panel101"], await _installation.RowsAsync("select username from subscriber"));
    }

    private Task<SecuringReport> RunAsync(KamailioServer kamailio, bool administrator = false) =>
        _installation.Securing(kamailio.SipAddress, administrator).RunAsync(dryRun: false, KilledAt.Never, Cancelled);

    private static Task<int> RegisterAsync(KamailioServer kamailio, string password) => Installation.RegisterAsync(kamailio, "panel101", password);

    private async Task<bool> FinishesAsync()
    {
        try
        {
            await _installation.Securing(Ours.SipAddress, batchSize: 2).RunAsync(dryRun: false, new KilledAt(2), Cancelled);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<string> NextIdAsync() =>
        (await _installation.RowsAsync("select auto_increment from information_schema.tables where table_schema = database() and table_name = 'subscriber'")).Single();
}
