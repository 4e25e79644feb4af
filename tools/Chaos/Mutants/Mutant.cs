using Neolia.Chaos.Workers;

namespace Neolia.Chaos.Mutants;

/// <param name="File">Under the repository's root.</param>
/// <param name="Find">Stands there exactly once.</param>
internal sealed record Edit(string File, string Find, string Replace);

/// <summary>
/// A deliberate bug that the harness must find. It exists in a copy of the sources alone, or in the arena's own database:
/// nothing of it is in the program that is deployed.
/// </summary>
/// <param name="Part">Of a run, in which it shows.</param>
/// <param name="Sql">Run in the arena's Supabase.</param>
internal sealed record Mutant(string Name, string Meaning, string Part, IReadOnlyList<Edit> Edits, string? Sql = null)
{
    /// <summary>Where processes are stopped, if the part's own places are too many for a minute.</summary>
    public IReadOnlyList<(DrainStep Step, Moment Moment)> Aim { get; init; } = [];

    /// <summary>The environment's variable that chooses one; only the mutated copy reads it.</summary>
    public const string Variable = "NEOLIA_MUTANT";

    private const string Is = "global::Neolia.Functions.Mutant.Is";

    public static readonly IReadOnlyList<Mutant> All =
    [
        new("fence-off", "an older version is applied over a newer one", "latecomers",
        [
            new("src/Shared/Applying/AccountPlan.cs", "if (fence > account.Version)", $"if (fence > account.Version && !{Is}(\"fence-off\"))"),
        ]),
        new("early-state", "a version is paired with a state that was read earlier", "processes",
        [
            new("src/Shared/Reading/DesiredReader.cs", "        return accounts;", "        return await global::Neolia.Functions.Mutant.WithVersionsOfNowAsync(accounts, supabase, cancellationToken);"),
        ]),
        new("careless-acknowledge", "a row of the queue is acknowledged whatever its version is by now", "processes",
        [
            new("src/Shared/Acknowledging/Acknowledger.cs", "new NpgsqlCommand(AcknowledgeUnchangedVersions, connection)", $"""
                new NpgsqlCommand({Is}("careless-acknowledge") ? AcknowledgeUnchangedVersions.Replace("and r.version = q.version", "").Replace("and q.version = r.version", "") : AcknowledgeUnchangedVersions, connection)
                """),
        ]),
        new("foreign-delete", "a subscriber is removed without a look at who owns its name by now", "latecomers",
        [
            new("src/Shared/Applying/AccountPlan.cs", "foreach (var name in _held[account.Id].Where(name => name != wanted))", $"""
                foreach (var name in {Is}("foreign-delete") ? _rows.Identities.Keys.Where(name => name != wanted && !_wanted.Contains(name)).ToList() : _held[account.Id].Where(name => name != wanted))
                """),
            new("src/Shared/Applying/AccountPlan.cs", "        var plan = new AccountPlan(rows, servedDomains);", """
                        var plan = new AccountPlan(rows, servedDomains);
                        plan._wanted.UnionWith(batch.Select(a => WantedName(a, servedDomains)).OfType<SipName>());
                """),
            new("src/Shared/Applying/AccountPlan.cs", "    private readonly KamailioRows _rows;", """
                    private readonly HashSet<SipName> _wanted = [];
                    private readonly KamailioRows _rows;
                """),
        ])
        {
            Aim = [(DrainStep.LockNames, Moment.Asked)],
        },
        new("forgotten-kick", "a worker that finds its change applied already kicks nobody", "processes",
        [
            new("src/Shared/Applying/ContactKicker.cs", "applied.Where(r => !r.IsFirst)", $"applied.Where(r => !r.IsFirst && !({Is}(\"forgotten-kick\") && r.Outcome == Outcome.Unchanged))"),
        ]),
        new("higher-fence-acknowledged", "what a higher fence stopped is told as synced", "restores",
        [
            new("src/Shared/Applying/AccountPlan.cs", "account.Version, Outcome.Superseded, account.State", $"account.Version, {Is}(\"higher-fence-acknowledged\") ? Outcome.Unchanged : Outcome.Superseded, account.State"),
        ]),
        new("version-before-lock", "a version is drawn before its row is locked", "processes", [],
            """
            create or replace function kamailio_sync.enqueue(p_kind text, p_subjects uuid[])
            returns void language plpgsql security definer set search_path = '' as $$
            begin
              insert into kamailio_sync.queue (kind, subject_id, version, enqueued_at, next_attempt_at)
              select p_kind, s.id, nextval('kamailio_sync.version'), clock_timestamp(), now()
              from (select distinct unnest(p_subjects) as id) s where s.id is not null order by s.id
              on conflict (kind, subject_id) do update
              set version = excluded.version, enqueued_at = clock_timestamp(), attempts = 0, next_attempt_at = now(), last_error = null;
            end
            $$
            """),
    ];

    /// <summary>The file that the copy has besides.</summary>
    public const string Source = """
        using Neolia.Functions.Reading;
        using Neolia.Functions.Supabase;
        using Npgsql;
        using NpgsqlTypes;

        namespace Neolia.Functions;

        internal static class Mutant
        {
            private static readonly string? Chosen = Environment.GetEnvironmentVariable("NEOLIA_MUTANT");

            public static bool Is(string name) => Chosen == name;

            public static async Task<IReadOnlyList<DesiredAccount>> WithVersionsOfNowAsync(
                IReadOnlyList<DesiredAccount> accounts, SupabaseDatabase supabase, CancellationToken cancellationToken)
            {
                if (!Is("early-state"))
                    return accounts;
                var versions = new Dictionary<Guid, long>();
                await using var connection = await supabase.OpenAsync(cancellationToken);
                await using var command = new NpgsqlCommand("select subject_id, version from kamailio_sync.queue where kind = 'account' and subject_id = any ($1)", connection);
                command.Parameters.Add(new() { Value = accounts.Select(a => a.Id).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
                await using var row = await command.ExecuteReaderAsync(cancellationToken);
                while (await row.ReadAsync(cancellationToken))
                    versions[row.GetGuid(0)] = row.GetInt64(1);
                return [.. accounts.Where(a => versions.ContainsKey(a.Id)).Select(a => a with { Version = versions[a.Id] })];
            }
        }
        """;
}
