using Neolia.EndToEnd.Tests.Http;

namespace Neolia.Infra.Tests.Operations;

/// <summary>One side comes back from a backup, and the guide's step brings both together again.</summary>
[Collection(Installations.Name)]
public sealed class RestoreTests(Installation installation)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Supabase_comes_back_older()
    {
        var backup = new Backup(installation);
        var before = await ChangeAfterBackupAsync(backup, "601");

        await installation.App.KillAsync(Cancelled);
        await backup.BringSupabaseBackAsync();
        await installation.RunAsync("mark-everything");
        await installation.StartAppAgainAsync();

        await HoldsAsync("Kamailio is as Supabase was", before);
    }

    [Fact]
    public async Task Kamailios_database_comes_back_older()
    {
        var backup = new Backup(installation);
        await ChangeAfterBackupAsync(backup, "602");
        var after = await installation.SubscribersAsync();

        await installation.App.KillAsync(Cancelled);
        await backup.BringKamailioBackAsync();
        Assert.NotEqual(after, await installation.SubscribersAsync());
        await installation.RunAsync("mark-everything");
        await installation.StartAppAgainAsync();

        await HoldsAsync("Kamailio is as Supabase is", after);
    }

    /// <summary>Two accounts, a backup, and then one of them is deleted, one renamed, and a third made.</summary>
    /// <returns>The subscribers at the time of the backup.</returns>
    private async Task<IReadOnlyList<string>> ChangeAfterBackupAsync(Backup backup, string number)
    {
        await HoldsAsync("nothing waits", [], WaitingAsync);
        var others = await installation.SubscribersAsync();
        await installation.AddAccountAsync($"deleted{number}");
        await installation.AddAccountAsync($"renamed{number}");
        var before = Sorted([.. others, $"deleted{number}", $"renamed{number}"]);
        await HoldsAsync("both are in Kamailio", before);
        await HoldsAsync("nothing waits", [], WaitingAsync);
        await backup.SaveAsync();

        await installation.ExecuteAsync($"delete from public.sip_accounts where username = 'deleted{number}'");
        await installation.ExecuteAsync($"update public.sip_accounts set username = 'later{number}' where username = 'renamed{number}'");
        await installation.AddAccountAsync($"new{number}");
        await HoldsAsync("the changes are in Kamailio", Sorted([.. others, $"later{number}", $"new{number}"]));
        await HoldsAsync("nothing waits", [], WaitingAsync);
        return before;
    }

    private static List<string> Sorted(List<string> names)
    {
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    private async Task<IReadOnlyList<string>> WaitingAsync()
    {
        List<string> waiting = [];
        await using var command = installation.Postgres.CreateCommand("select subject_id::text from kamailio_sync.queue where next_attempt_at < 'infinity'");
        await using var row = await command.ExecuteReaderAsync(Cancelled);
        while (await row.ReadAsync(Cancelled))
            waiting.Add(row.GetString(0));
        return waiting;
    }

    private Task HoldsAsync(string expectation, IReadOnlyList<string> names) => HoldsAsync(expectation, names, installation.SubscribersAsync);

    private static Task HoldsAsync(string expectation, IReadOnlyList<string> expected, Func<Task<IReadOnlyList<string>>> read) =>
        Eventually.HoldsAsync(expectation, async () => expected.SequenceEqual(await read()));
}
