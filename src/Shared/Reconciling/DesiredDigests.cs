using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Neolia.Functions.Applying;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Reconciling;

/// <summary>What should be, as hashes that Postgres computes.</summary>
public sealed class DesiredDigests(SupabaseDatabase supabase, IOptions<KamailioOptions> kamailio, IOptions<ReconcileOptions> options)
{
    private static readonly string ComputeChecksums = $"""
        with sums as (
          {UnionOf(s => $"select ('x' || right({s.Id}::text, 3))::bit(12)::integer as bucket, sum({s.Hash}) as total, {WeightOf(s)} {s.Where("true")} group by 1")}
        ),
        buckets as (
          select n.bucket, coalesce(sum(s.total), 0) as total, coalesce(sum(s.accounts), 0) as accounts, coalesce(sum(s.units), 0) as units
          from generate_series(0, {Bucket.Count - 1}) n (bucket)
          left join sums s using (bucket)
          group by 1
        )
        select md5(string_agg(b.total::text, ',' order by b.bucket)),
          string_agg(decode(lpad(to_hex(mod(b.total, 16777216)::integer), 6, '0'), 'hex'), ''::bytea order by b.bucket),
          sum(b.accounts)::bigint, sum(b.units)::bigint
        from buckets b
        """;

    private static readonly string ListBuckets = $"""
        select l.kind, l.id, sum(l.hash)::text, sum(l.weight)::integer
        from ({LinesWhere(s => $"right({s.Id}::text, 3) = any ($2)")}) l
        group by l.kind, l.id
        order by ('x' || right(l.id::text, 3))::bit(12)::integer, l.kind collate "C", l.id
        """;

    // Rule P4: the state and whether it is queued belong together, so they come from one snapshot. Each subject by its key:
    // a join would be free to read whole tables for a few hundred of them.
    private static readonly string ReadSubjects = $"""
        select s.kind, s.id, d.digest, coalesce(d.weight, 0), q.subject_id is not null,
          coalesce(q.next_attempt_at = 'infinity', false),
          case when q.next_attempt_at = 'infinity' and r.error_code <> '{Problem.NotStorableCode}' then q.version end
        from unnest($3, $2) s (kind, id)
        left join lateral (
          select sum(l.hash)::text as digest, sum(l.weight)::integer as weight
          from ({LinesWhere(source => $"s.kind = '{source.Kind}' and {source.Id} = s.id")}) l
        ) d on true
        left join lateral (
          select * from kamailio_sync.queue q where q.kind = s.kind and q.subject_id = s.id offset 0
        ) q on true
        left join lateral (
          select s.error_code from public.sip_account_sync s where q.kind = 'account' and s.account_id = q.subject_id offset 0
        ) r on true
        """;

    public async Task<BucketChecksums> ComputeChecksumsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var transaction = await BeginLongAsync(connection, cancellationToken);
        await using var command = Command(ComputeChecksums, connection, transaction);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new BucketChecksums(row.GetString(0), row.GetFieldValue<byte[]>(1), row.GetInt64(2), row.GetInt64(3));
    }

    /// <summary>The subjects of the buckets, by bucket, kind and id.</summary>
    public async IAsyncEnumerable<SubjectDigest> ListAsync(IEnumerable<int> buckets, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var transaction = await BeginLongAsync(connection, cancellationToken);
        await using var command = Command(ListBuckets, connection, transaction);
        command.AddArray(buckets, Bucket.Digits, NpgsqlDbType.Text);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            yield return new SubjectDigest(new Subject(SubjectKinds.FromQueueText(row.GetString(0)), row.GetGuid(1)), row.GetString(2), row.GetInt32(3));
    }

    internal async Task<IReadOnlyDictionary<Subject, DesiredLook>> ReadAsync(IReadOnlyCollection<Subject> subjects, CancellationToken cancellationToken)
    {
        var looks = new Dictionary<Subject, DesiredLook>(subjects.Count);
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = Command(ReadSubjects, connection, transaction: null);
        command.AddIds(subjects.Select(s => s.Id));
        command.AddArray(subjects, s => s.Kind.ToQueueText(), NpgsqlDbType.Text);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            looks[new Subject(SubjectKinds.FromQueueText(row.GetString(0)), row.GetGuid(1))] =
                new DesiredLook(row.IsDBNull(2) ? null : row.GetString(2), row.GetInt32(3), row.GetBoolean(4), row.GetBoolean(5), row.IsDBNull(6) ? null : row.GetInt64(6));
        }

        return looks;
    }

    private NpgsqlCommand Command(string sql, NpgsqlConnection connection, NpgsqlTransaction? transaction)
    {
        var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = (int)options.Value.StatementTimeout.TotalSeconds };
        command.AddArray(kamailio.Value.ServedDomains, d => d, NpgsqlDbType.Text);
        return command;
    }

    /// <summary>The role's own statement_timeout is for short work.</summary>
    private async Task<NpgsqlTransaction> BeginLongAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select set_config('statement_timeout', $1, true)", connection, transaction);
        command.Parameters.Add(new() { Value = $"{(long)options.Value.StatementTimeout.TotalMilliseconds}ms", NpgsqlDbType = NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return transaction;
    }

    private static string LinesWhere(Func<LineSource, string> condition) =>
        UnionOf(s => $"select '{s.Kind}'::text as kind, {s.Id} as id, {s.Hash} as hash, {s.Weight} as weight {s.Where(condition(s))}");

    private static string WeightOf(LineSource source) =>
        source.Kind == "account" ? $"sum({source.Weight}) as accounts, 0 as units" : $"0 as accounts, sum({source.Weight}) as units";

    private static string UnionOf(Func<LineSource, string> query) => string.Join("\n  union all\n  ", DesiredLines.Sources.Select(query));
}
