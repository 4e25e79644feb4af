using Npgsql;

namespace Neolia.LocalStack.Supabase;

/// <summary>The repository's migrations, applied the short way: as role postgres, each file in one transaction.</summary>
public static class Migrations
{
    /// <summary>The files under supabase/migrations, in the order of their versions.</summary>
    public static IReadOnlyList<string> Files =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "supabase", "migrations"), "*.sql").Order(StringComparer.Ordinal)];

    public static async Task ApplyAsync(SupabaseProject project, CancellationToken cancellationToken)
    {
        await using var owner = new NpgsqlConnection(project.OwnerConnectionString + ";Pooling=false");
        await owner.OpenAsync(cancellationToken);
        foreach (var file in Files)
        {
            // Simple protocol, many statements: PostgreSQL makes one transaction of them.
            await using var command = new NpgsqlCommand(await File.ReadAllTextAsync(file, cancellationToken), owner);
            try
            {
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (PostgresException e)
            {
                throw new InvalidOperationException($"{Path.GetFileName(file)}: {e.MessageText} {e.Detail} {e.Where}", e);
            }
        }
    }
}
