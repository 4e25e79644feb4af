using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Checking;
using Neolia.Functions.Draining;
using Neolia.Functions.Supabase;
using Neolia.LocalStack;
using Npgsql;

namespace Neolia.Database.Tests.Checking;

/// <summary>What check_status says of Supabase's database, each part of it broken for real.</summary>
public sealed partial class SupabaseCheckTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_migrated_project_is_good_and_its_clock_is_ours()
    {
        var state = await MeasureAsync();

        Assert.Equal((DatabaseVerdict.Good, null), (state.Verdict, state.Fault));
        Assert.NotNull(state.Queue);
        Assert.InRange(state.ClockSkew.Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task What_waits_for_people_is_counted_for_the_caller_alone()
    {
        var (mine, theirs) = (await project.CreateResidenceAsync(), await project.CreateResidenceAsync());
        await using (var app = await project.AppAsync())
            await app.ExecuteAsync("update sip_account_sync set state = 'failed' where account_id = $1", mine.Account);
        var caller = new Caller.User(mine.User, $$"""{"sub":"{{mine.User}}","role":"authenticated"}""");

        await using var supabase = Open();
        var waiting = new WaitingForPeople(supabase);

        Assert.Equal((1L, 1L), await waiting.CountAsync(caller, Cancelled));
        Assert.Equal((1L, 0L), await waiting.CountAsync(caller with { Id = theirs.User }, Cancelled));
        Assert.True((await waiting.CountAsync(new Caller.Service(), Cancelled)).WithoutCredentials >= 2);
    }

    [Theory]
    [InlineData("alter table public.unit_sync rename to gone", "alter table public.gone rename to unit_sync", "public.unit_sync")]
    [InlineData(
        "alter function kamailio_sync.forget_activity(interval) rename to gone", "alter function kamailio_sync.gone(interval) rename to forget_activity",
        "kamailio_sync.forget_activity(interval)")]
    [InlineData("alter policy function_app on sites rename to gone", "alter policy gone on sites rename to function_app", "policy function_app on public.sites")]
    [InlineData(
        "alter table public.call_rules disable trigger neolia_mark_updated", "alter table public.call_rules enable trigger neolia_mark_updated",
        "trigger neolia_mark_updated on public.call_rules")]
    public async Task What_is_missing_is_named(string fault, string mend, string name) =>
        Assert.Equal(new SupabaseState(DatabaseVerdict.OtherSchema, name), await MeasureBrokenAsync(fault, mend));

    [Theory]
    [InlineData("revoke delete on kamailio_sync.queue from neolia_functions", "grant delete on kamailio_sync.queue to neolia_functions", "kamailio_sync.queue")]
    [InlineData(
        "revoke execute on function kamailio_sync.renew(text[], uuid[], bigint[], bigint) from neolia_functions",
        "grant execute on function kamailio_sync.renew(text[], uuid[], bigint[], bigint) to neolia_functions",
        "kamailio_sync.renew(text[], uuid[], bigint[], bigint)")]
    [InlineData("revoke usage on schema kamailio_sync from neolia_functions", "grant usage on schema kamailio_sync to neolia_functions", null)]
    public async Task A_missing_right_is_told_from_a_missing_table(string fault, string mend, string? name) =>
        Assert.Equal(new SupabaseState(DatabaseVerdict.NoRights, name), await MeasureBrokenAsync(fault, mend));

    [Fact]
    public async Task A_database_without_migrations_is_not_taken_for_ours() =>
        Assert.Equal(DatabaseVerdict.OtherSchema, (await MeasureAsync(connection => connection.Database = "postgres")).Verdict);

    [Fact]
    public async Task A_server_that_is_not_there_is_out_of_reach() =>
        Assert.Equal(DatabaseVerdict.Unreachable, (await MeasureAsync(connection => connection.Port = 1)).Verdict);

    [Fact]
    public async Task A_server_that_answers_too_slowly_is_not_taken_for_one_that_is_away()
    {
        await using var superuser = await project.SuperuserAsync();
        await superuser.ExecuteAsync("begin; lock table kamailio_sync.queue");

        Assert.Equal(new SupabaseState(DatabaseVerdict.Overloaded), await MeasureAsync(connection => connection.CommandTimeout = 1));

        await superuser.ExecuteAsync("rollback");
    }

    [Fact]
    public async Task A_wrong_password_is_told_as_one() =>
        Assert.Equal(DatabaseVerdict.Refused, (await MeasureAsync(password: "wrong")).Verdict);

    /// <summary>Whoever makes the program use something new adds it to what is looked for.</summary>
    [Fact]
    public async Task Everything_that_the_program_uses_is_looked_for()
    {
        var sources = Path.Combine(Repository.Root, "src", "Shared");
        var lookedFor = await File.ReadAllTextAsync(Path.Combine(sources, "Checking", "SupabaseSchema.cs"), Cancelled);
        var used = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories))
            used.UnionWith(Named().Matches(await File.ReadAllTextAsync(file, Cancelled)).Select(match => match.Value));

        Assert.True(used.Count > 15);
        Assert.All(used, name => Assert.Matches($@"{Regex.Escape(name)}\b", lookedFor));
    }

    [Fact]
    public async Task Every_trigger_of_the_migrations_is_looked_for()
    {
        var lookedFor = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "Shared", "Checking", "SupabaseSchema.cs"), Cancelled);
        var triggers = new List<(string Name, string Table)>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "supabase", "migrations"), "*.sql"))
            triggers.AddRange(Trigger().Matches(await File.ReadAllTextAsync(file, Cancelled)).Select(match => (match.Groups[1].Value, match.Groups[2].Value)));

        Assert.True(triggers.Count > 40);
        Assert.All(triggers, trigger => Assert.Matches($@"'{trigger.Name}', array\[[^]]*'{Regex.Escape(trigger.Table)}'", lookedFor));
    }

    private async Task<SupabaseState> MeasureBrokenAsync(string fault, string mend)
    {
        await using var superuser = await project.SuperuserAsync();
        await superuser.ExecuteAsync(fault);
        try
        {
            return await MeasureAsync();
        }
        finally
        {
            await superuser.ExecuteAsync(mend);
        }
    }

    private async Task<SupabaseState> MeasureAsync(Action<NpgsqlConnectionStringBuilder>? change = null, string? password = null)
    {
        await using var supabase = Open(change, password);
        return await new SupabaseCheck(supabase, new QueueGauge(supabase, NullLogger<QueueGauge>.Instance), new WaitingForPeople(supabase)).MeasureAsync(Cancelled);
    }

    private SupabaseDatabase Open(Action<NpgsqlConnectionStringBuilder>? change = null, string? password = null)
    {
        var connection = new NpgsqlConnectionStringBuilder(project.Project.AppConnectionStringWithoutPassword) { Pooling = false };
        change?.Invoke(connection);
        return SupabaseDatabase.Open(
            new SupabaseOptions { ConnectionString = connection.ConnectionString }, new FixedSecrets(password ?? project.Project.AppPassword, ""));
    }

    [GeneratedRegex(@"create (?:or replace )?trigger (neolia_\w+)\s[^;]*?\bon ((?:public|kamailio_sync)\.\w+)")]
    private static partial Regex Trigger();

    // In quotes: names of settings and locks.
    [GeneratedRegex(@"(?<!')\b(kamailio_sync|public)\.[a-z_]+(?=\b)")]
    private static partial Regex Named();
}
