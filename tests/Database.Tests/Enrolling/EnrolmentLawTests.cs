using Microsoft.Extensions.Options;
using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Activity;
using Neolia.Functions.Enrolling;
using Neolia.Functions.Supabase;

namespace Neolia.Database.Tests.Enrolling;

/// <summary>What the tables allow whom, and what is told of links.</summary>
public sealed class EnrolmentLawTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private EnrolmentRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await EnrolmentRig.CreateAsync(supabase, mariaDb);

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("insert into sip_account_enrolments (sip_account_id, expires_at) select id, now() + interval '1 hour' from sip_accounts")]
    [InlineData("delete from sip_account_enrolments")]
    [InlineData("truncate sip_account_enrolments")]
    [InlineData("update sip_account_enrolments set expires_at = 'infinity'")]
    [InlineData("update sip_account_enrolments set redeemed_at = null")]
    [InlineData("update sip_account_enrolments set sip_account_id = sip_account_id")]
    [InlineData("select * from kamailio_sync.enrolment_tokens")]
    [InlineData("select kamailio_sync.note_refused_enrolments('{}')")]
    public async Task A_user_only_reads_and_revokes(string statement)
    {
        await _rig.MakeAsync();
        await using var user = await OpenTransaction.BeginAsync(_rig.Postgres, await UserAsync());

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => user.ExecuteAsync(statement));

        Assert.Equal("42501", refused.SqlState);
    }

    [Fact]
    public async Task A_redeemed_link_is_not_revoked_and_a_revoked_one_not_brought_back()
    {
        var (redeemed, revoked) = (await _rig.MakeAsync(), await OtherAccountsLinkAsync());
        Assert.NotNull(await _rig.RedeemAsync(redeemed));
        foreach (var value in (string[])["now()", "null", "'infinity'"])
        {
            await using var user = await OpenTransaction.BeginAsync(_rig.Postgres, await UserAsync());
            await user.ExecuteAsync($"update sip_account_enrolments set revoked_at = {value}");
            await user.CommitAsync();
        }

        Assert.Equal(("1|0", "0|1"), (await _rig.StateAsync(redeemed), await _rig.StateAsync(revoked)));
        Assert.Equal("1", await _rig.Postgres.ValueAsync($"select revoked_at <= now() from sip_account_enrolments where id = '{revoked.Id}'"));
        Assert.Null(await _rig.RedeemAsync(revoked));
    }

    [Theory]
    [InlineData("update sip_accounts set enabled = not enabled", "0|1")]
    [InlineData("update sip_accounts set username = 'x' || username", "0|1")]
    [InlineData("update sip_accounts set id = gen_random_uuid()", "0|1")]
    [InlineData("update sip_accounts set display_name = 'x', registered = true, last_registration = now(), extension = '7', type = 'mobile'", "0|0")]
    [InlineData("update sip_accounts set enabled = enabled, username = username, unit_id = unit_id", "0|0")]
    public async Task A_statement_over_many_accounts_revokes_the_links_of_those_that_it_changes(string statement, string expected)
    {
        var other = await OtherAccountsLinkAsync();
        var link = await _rig.MakeAsync();

        await _rig.Postgres.ExecuteAsync(statement);

        Assert.Equal((expected, expected), (await _rig.StateAsync(link), await _rig.StateAsync(other)));
    }

    [Fact]
    public async Task Only_the_hash_of_a_secret_is_kept()
    {
        var link = await _rig.MakeAsync();

        Assert.Equal(Convert.ToHexStringLower(EnrolmentSecret.Hash(link.Secret)), await _rig.Postgres.ValueAsync("select token_hash from kamailio_sync.enrolment_tokens"));
        Assert.Matches("^[A-Za-z0-9_-]{43}$", link.Secret);
        Assert.DoesNotContain(link.Secret, link.ToString(), StringComparison.Ordinal);
        Assert.NotEqual(link.Secret, (await OtherAccountsLinkAsync()).Secret);
    }

    [Fact]
    public async Task A_wrong_secret_leaves_a_link_as_it_was()
    {
        var (link, other) = (await _rig.MakeAsync(), await OtherAccountsLinkAsync());

        foreach (var secret in (string[])["", other.Secret, link.Secret.ToUpperInvariant(), link.Secret + "=", link.Secret[..^1]])
            Assert.Null(await _rig.RedeemAsync(link with { Secret = secret }));
        Assert.Null(await _rig.RedeemAsync(link with { Id = other.Id }));

        Assert.Equal("0|0", await _rig.StateAsync(link));
        Assert.NotNull(await _rig.RedeemAsync(link));
    }

    [Fact]
    public async Task What_becomes_of_a_link_is_told_with_who_made_it_and_never_its_secret()
    {
        var user = Guid.Parse(await _rig.Postgres.ValueAsync("select user_id from sites"));
        var caller = new Caller.User(user, $$"""{"sub":"{{user}}","role":"authenticated"}""");
        var (_, first) = await _rig.Maker.MakeAsync(caller, _rig.Account, TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
        var (_, second) = await _rig.Maker.MakeAsync(caller, _rig.Account, TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
        var password = await _rig.RedeemAsync(second!);
        await PublishAsync();

        Assert.Equal(
            [
                $"account_provisioned|(null)", $"credentials_issued|{user}", $"enrolment_created|{user}", $"enrolment_created|{user}", $"enrolment_redeemed|{user}", $"enrolment_revoked|{user}",
            ],
            await _rig.Postgres.RowsAsync("select action, metadata->>'asked_by' from intercom_activity_logs order by 1"));
        Assert.Equal(
            ["A device was set up with the QR code of the account panel401@sip.neolia.app."],
            await _rig.Postgres.RowsAsync("select message from intercom_activity_logs where action = 'enrolment_redeemed'"));
        var everything = await _rig.Postgres.RowsAsync("select l::text from intercom_activity_logs l union all select e::text from sip_account_enrolments e");
        Assert.All([password!, first!.Secret, second!.Secret], secret => Assert.DoesNotContain(everything, row => row.Contains(secret, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Refusals_are_told_once_an_hour_however_many_there_are()
    {
        var link = await _rig.MakeAsync();
        using var stop = new CancellationTokenSource();
        var noting = _rig.Refusals.RunAsync(stop.Token);
        for (var i = 0; i < 50; i++)
        {
            Assert.Null(await _rig.RedeemAsync(link with { Secret = $"{i}" }));
            Assert.Null(await _rig.RedeemAsync(link with { Id = Guid.NewGuid() }));
        }

        await Until.TrueAsync("the refusal is noted", async () => await NotesAsync() == 1);
        await _rig.Postgres.ExecuteAsync("update kamailio_sync.enrolment_tokens set refused_at = now() - interval '59 minutes'");
        await NoteAsync();
        Assert.Equal(1, await NotesAsync());
        await _rig.Postgres.ExecuteAsync("update kamailio_sync.enrolment_tokens set refused_at = now() - interval '61 minutes'");

        // Whoever deletes it is not waited for.
        await using (var user = await OpenTransaction.BeginAsync(_rig.Postgres, "delete from sites"))
        {
            await NoteAsync();
            await user.RollbackAsync();
        }

        Assert.Equal(1, await NotesAsync());
        await _rig.RedeemAsync(link with { Secret = "" });
        await Until.TrueAsync("it is noted again an hour later", async () => await NotesAsync() == 2);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => noting);

        await PublishAsync();
        Assert.Equal("2", await _rig.Postgres.ValueAsync("select count(*) from intercom_activity_logs where action = 'enrolment_refused' and level = 'warning'"));

        Task<int> NoteAsync() => _rig.Postgres.ExecuteAsync($"select kamailio_sync.note_refused_enrolments(array['{link.Id}']::uuid[])");
        async Task<int> NotesAsync() => (await _rig.Postgres.RowsAsync("select 1 from kamailio_sync.activity where action = 'enrolment_refused'")).Count;
    }

    [Fact]
    public async Task What_died_a_month_ago_is_forgotten_with_the_next_link()
    {
        var (old, recent) = (await _rig.MakeAsync(), await _rig.MakeAsync());
        await _rig.Postgres.ExecuteAsync($"update sip_account_enrolments set expires_at = now() - interval '31 days' where id = '{old.Id}'");

        await _rig.MakeAsync();

        Assert.Equal((null, "0|1"), (await _rig.StateAsync(old), await _rig.StateAsync(recent)));
        Assert.Equal("2", await _rig.Postgres.ValueAsync("select count(*) from kamailio_sync.enrolment_tokens"));
    }

    private async Task<NewEnrolment> OtherAccountsLinkAsync() => await _rig.MakeAsync(await _rig.Rig.Dashboard.CreateAccountAsync(_rig.Unit, $"m{Guid.NewGuid():N}"));

    /// <summary>The owner of everything, as PostgREST lets him in.</summary>
    private async Task<string> UserAsync() => $$"""
        set local role authenticated; set local request.jwt.claims = '{"sub": "{{await _rig.Postgres.ValueAsync("select user_id from sites")}}"}'
        """;

    private async Task PublishAsync()
    {
        await using var app = SupabaseDatabase.Open(_rig.Rig.SupabaseOptions, _rig.Rig.Secrets);
        await new ActivityLog(app, Options.Create(new ActivityOptions { Language = "en" })).PublishAsync(TestContext.Current.CancellationToken);
    }
}
