using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Reconciling;

/// <summary>What is, as hashes that MySQL computes.</summary>
public sealed class AppliedDigests(KamailioDatabase kamailio, IOptions<ReconcileOptions> options)
{
    private const string Sixteen = "(select 0 as n union all select 1 union all select 2 union all select 3 union all select 4 union all select 5 union all select 6 union all select 7 union all select 8 union all select 9 union all select 10 union all select 11 union all select 12 union all select 13 union all select 14 union all select 15)";

    /// <summary>MySQL cuts a longer text in silence, at 1 KiB unless told otherwise.</summary>
    private const string AllowLongTexts = "set session group_concat_max_len = 1048576";

    // Each source is summed up by itself: a union of all lines would be written to disk before it is grouped.
    private static readonly string ComputeChecksums = $"""
        select md5(group_concat(b.total order by b.bucket separator ',')),
          group_concat(unhex(lpad(hex(cast(b.total % 16777216 as unsigned)), 6, '0')) order by b.bucket separator ''),
          cast(sum(b.accounts) as signed), cast(sum(b.units) as signed)
        from (
          select n.bucket, coalesce(sum(s.total), 0) as total, coalesce(sum(s.accounts), 0) as accounts, coalesce(sum(s.units), 0) as units
          from (select x.n * 256 + y.n * 16 + z.n as bucket from {Sixteen} x cross join {Sixteen} y cross join {Sixteen} z) n
          left join (
            {UnionOf(s => $"select cast(conv(right({s.Id}, 3), 16, 10) as unsigned) as bucket, sum({s.Hash}) as total, {WeightOf(s)} {s.Where("1 = 1")} group by 1")}
          ) s on s.bucket = n.bucket
          group by n.bucket
        ) b
        """;

    public async Task<BucketChecksums> ComputeChecksumsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using (var allow = new MySqlCommand(AllowLongTexts, connection))
            await allow.ExecuteNonQueryAsync(cancellationToken);
        await using var command = options.Value.LongCommand(ComputeChecksums, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new BucketChecksums(row.GetString(0), row.GetFieldValue<byte[]>(1), row.GetInt64(2), row.GetInt64(3));
    }

    /// <summary>The subjects of the buckets, by bucket, kind and id.</summary>
    public async IAsyncEnumerable<SubjectDigest> ListAsync(IReadOnlyList<int> buckets, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var digits = buckets.Select(Bucket.Digits).ToList();
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using var command = WithTimeout(Lines("right({0}, 3)", digits)
            .Append(" order by cast(conv(right(l.id, 3), 16, 10) as unsigned), l.kind, l.id").On(connection));
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            yield return DigestOf(row);
    }

    public async Task<IReadOnlyDictionary<Subject, SubjectDigest>> ReadAsync(IEnumerable<Subject> subjects, CancellationToken cancellationToken)
    {
        var digests = new Dictionary<Subject, SubjectDigest>();
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using var command = WithTimeout(Lines("{0}", [.. subjects.Select(s => s.Id.ToString()).Distinct()]).On(connection));
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            var digest = DigestOf(row);
            digests[digest.Subject] = digest;
        }

        return digests;
    }

    /// <summary>The versions at which the accounts were applied last; those that never were are left out.</summary>
    internal async Task<IReadOnlyDictionary<Subject, long>> ReadFencesAsync(IReadOnlyList<Subject> accounts, CancellationToken cancellationToken)
    {
        var fences = new Dictionary<Subject, long>();
        if (accounts.Count == 0)
            return fences;
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using var command = WithTimeout(new Statement()
            .Append("select account_id, version from neolia_account where account_id in (").AppendValues(accounts.Select(s => s.Id)).Append(")").On(connection));
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            fences[new Subject(SubjectKind.Account, row.GetGuid(0))] = row.GetInt64(1);
        return fences;
    }

    /// <param name="key">What of a source's id is compared with the values.</param>
    /// <param name="values">At least one.</param>
    private static Statement Lines(string key, IReadOnlyList<string> values)
    {
        var statement = new Statement().Append("select l.kind, l.id, cast(sum(l.hash) as char), cast(sum(l.weight) as signed) from (");
        var separator = "";
        foreach (var source in AppliedLines.Sources)
        {
            statement.Append($"{separator}select '{source.Kind}' as kind, {source.Id} as id, {source.Hash} as hash, {source.Weight} as weight ")
                .Append(source.Where(string.Format(null, key, source.Id))).Append(" in (").AppendValues(values).Append(")");
            separator = " union all ";
        }

        return statement.Append(") l group by l.kind, l.id");
    }

    private static SubjectDigest DigestOf(MySqlDataReader row) =>
        new(new Subject(SubjectKinds.FromQueueText(row.GetString(0)), row.GetGuid(1)), row.GetString(2), row.GetInt32(3));

    private MySqlCommand WithTimeout(MySqlCommand command)
    {
        command.CommandTimeout = (int)options.Value.StatementTimeout.TotalSeconds;
        return command;
    }

    private static string WeightOf(LineSource source) =>
        source.Kind == "account" ? $"sum({source.Weight}) as accounts, 0 as units" : $"0 as accounts, sum({source.Weight}) as units";

    private static string UnionOf(Func<LineSource, string> query) => string.Join("\n    union all\n    ", AppliedLines.Sources.Select(query));
}
