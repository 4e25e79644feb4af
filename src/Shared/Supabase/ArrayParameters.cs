using Neolia.Functions.Subjects;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Supabase;

/// <summary>Lists as array parameters, one per column of an <c>unnest</c>.</summary>
internal static class ArrayParameters
{
    public static void AddArray<TItem, TValue>(this NpgsqlCommand command, IEnumerable<TItem> items, Func<TItem, TValue> value, NpgsqlDbType type) =>
        command.Parameters.Add(new() { Value = items.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });

    public static void AddIds(this NpgsqlCommand command, IEnumerable<Guid> ids) => command.AddArray(ids, id => id, NpgsqlDbType.Uuid);

    /// <summary>Two parameters: kinds, then ids.</summary>
    public static void AddSubjects(this NpgsqlCommand command, IReadOnlyCollection<Subject> subjects)
    {
        command.AddArray(subjects, s => s.Kind.ToQueueText(), NpgsqlDbType.Text);
        command.AddIds(subjects.Select(s => s.Id));
    }
}
