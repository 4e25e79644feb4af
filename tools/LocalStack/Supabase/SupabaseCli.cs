using Neolia.LocalStack.Supervision;

namespace Neolia.LocalStack.Supabase;

/// <summary>The real Supabase CLI, as the operator uses it.</summary>
public static class SupabaseCli
{
    /// <summary>supabase db push: applies migrations as role postgres and records them in the project's history.</summary>
    /// <param name="project">The project to push to.</param>
    /// <param name="migrations">The files of supabase/migrations to push; their names carry the versions.</param>
    /// <returns>What the CLI wrote.</returns>
    public static Task<string> PushAsync(
        SupabaseProject project, IReadOnlyList<string> migrations, CancellationToken cancellationToken) =>
        RunAsync(
            project,
            ["db", "push"],
            folder =>
            {
                var target = Directory.CreateDirectory(Path.Combine(folder, "supabase", "migrations")).FullName;
                File.WriteAllText(Path.Combine(folder, "supabase", "config.toml"), "project_id = \"neolia-local\"\n");
                foreach (var file in migrations)
                    File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
            },
            cancellationToken);

    /// <summary>supabase gen types: the schema public as TypeScript, among what the CLI says of its own.</summary>
    public static Task<string> GenerateTypesAsync(SupabaseProject project, CancellationToken cancellationToken) =>
        RunAsync(project, ["gen", "types", "--schema", "public"], prepare: null, cancellationToken);

    private static Task<string> RunAsync(SupabaseProject project, string[] verb, Action<string>? prepare, CancellationToken cancellationToken)
    {
        var folder = ServerCommand.NewFolder("supabase-cli");
        var command = new ServerCommand
        {
            Name = $"supabase {verb[0]} {verb[1]}",
            Folder = folder,
            // A folder of its own: the CLI leaves files beside config.toml and in the home directory.
            Command = [NodePackages.SupabaseCli, .. verb, "--yes", "--workdir", folder, $"--remote={project.OwnerUrl}"],
            Environment = new Dictionary<string, string>
            {
                ["HOME"] = folder,
                ["DO_NOT_TRACK"] = "1",
                ["SUPABASE_TELEMETRY_DISABLED"] = "1",
            },
        };
        return SupervisedRun.RunAsync(command, prepare, cancellationToken);
    }
}
