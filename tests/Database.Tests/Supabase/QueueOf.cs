namespace Neolia.Database.Tests.Supabase;

/// <summary>Looks at the queue past row level security.</summary>
internal static class QueueOf
{
    /// <summary>Dirty subjects as "kind|id", in key order.</summary>
    public static Task<List<string>> SubjectsAsync(Session owner) =>
        owner.RowsAsync("select kind, subject_id from kamailio_sync.queue order by kind, subject_id");

    /// <summary>As if everything had been applied and acknowledged.</summary>
    public static Task<int> EmptyAsync(Session owner) =>
        owner.ExecuteAsync("""
            delete from kamailio_sync.queue;
            update sip_account_sync set state = 'synced', attempts = 0, error_code = null, last_error = null;
            update unit_sync set state = 'synced', attempts = 0, error_code = null, last_error = null
            """);

    public static Task<long> VersionAsync(Session owner, string kind, Guid subject) =>
        owner.ScalarAsync<long>("select version from kamailio_sync.queue where kind = $1 and subject_id = $2", kind, subject);

    /// <summary>"kind|id" of each, in key order.</summary>
    public static List<string> Subjects(string kind, params Guid[] ids) =>
        [.. ids.Select(id => $"{kind}|{id}").Order(StringComparer.Ordinal)];
}
