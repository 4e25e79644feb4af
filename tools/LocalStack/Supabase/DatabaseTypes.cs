using System.Text;
using Npgsql;

namespace Neolia.LocalStack.Supabase;

/// <summary>
/// The tables that the migrations make, as the dashboard's TypeScript: what the Supabase CLI generates, put in order,
/// and the values that check constraints allow, which it leaves out.
/// </summary>
public static class DatabaseTypes
{
    private const string ReadAllowedValues = """
        select format('%s: %s', quote_ident(t.relname), '{ ' || string_agg(format('%s: %s', a.attname, v.allowed), '; ' order by a.attname) || ' }')
        from pg_constraint c
        join pg_class t on t.oid = c.conrelid
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        cross join lateral (
          select string_agg(format('"%s"', m[1]), ' | ' order by n) as allowed
          from regexp_matches(pg_get_constraintdef(c.oid), '''([^'']+)''::text', 'g') with ordinality r (m, n)) v
        where c.connamespace = 'public'::regnamespace and c.contype = 'c' and cardinality(c.conkey) = 1
          and pg_get_constraintdef(c.oid) ~ '= ANY \(+ARRAY\['
        group by t.relname
        order by t.relname
        """;

    /// <summary>Where the dashboard's module keeps them; ./dev types writes it.</summary>
    public static string File => Path.Combine(Repository.Root, "clients", "dashboard", "src", "database.types.ts");

    public static async Task<string> GenerateAsync(SupabaseProject project, CancellationToken cancellationToken)
    {
        var text = new StringBuilder("// Generated from supabase/migrations by ./dev types; a test fails when the two drift apart.\n\n");
        AppendInOrder(text, Generated(await SupabaseCli.GenerateTypesAsync(project, cancellationToken)));
        text.Append("\n/** The values that check constraints allow, by table and column. */\nexport type Checked = {\n");
        await using var owner = new NpgsqlConnection(project.OwnerConnectionString + ";Pooling=false");
        await owner.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ReadAllowedValues, owner);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            text.Append("  ").Append(row.GetString(0)).Append(";\n");
        return text.Append("};\n").ToString();
    }

    /// <summary>Without what the CLI tells beside it.</summary>
    private static string Generated(string output)
    {
        const string end = "} as const";
        var (first, last) = (output.IndexOf("export type Json", StringComparison.Ordinal), output.LastIndexOf(end, StringComparison.Ordinal));
        return first >= 0 && last > first
            ? output[first..(last + end.Length)]
            : throw new InvalidOperationException($"The Supabase CLI generated no types:\n{output}");
    }

    /// <summary>A line for each column, indented by its depth: a change of a migration is a change of few lines.</summary>
    private static void AppendInOrder(StringBuilder text, string generated)
    {
        var depth = 0;
        foreach (var line in generated.Replace(",\"", ",\n\"", StringComparison.Ordinal).Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line.Length == 0)
                continue;
            var closing = line.TakeWhile(c => c is '}' or ']' or ')').Count();
            text.Append(' ', 2 * Math.Max(0, depth - closing)).Append(line).Append('\n');
            depth += line.Count(c => c is '{' or '[' or '(') - line.Count(c => c is '}' or ']' or ')');
        }
    }
}
