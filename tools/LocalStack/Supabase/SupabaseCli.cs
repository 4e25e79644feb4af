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
        SupabaseProject project, IReadOnlyList<string> migrations, CancellationToken cancellationToken)
    {
        var folder = ServerCommand.NewFolder("supabase-cli");
        var command = new ServerCommand
        {
            Name = "supabase db push",
            Folder = folder,
            // A folder of its own: the CLI leaves files beside config.toml and in the home directory.
            Command = [NodePackages.SupabaseCli, "db", "push", "--yes", "--workdir", folder, $"--remote={project.OwnerUrl}"],
            Environment = new Dictionary<string, string>
            {
                ["HOME"] = folder,
                ["DO_NOT_TRACK"] = "1",
                ["SUPABASE_TELEMETRY_DISABLED"] = "1",
            },
        };
        return SupervisedRun.RunAsync(
            command,
            _ =>
            {
                var target = Directory.CreateDirectory(Path.Combine(folder, "supabase", "migrations")).FullName;
                File.WriteAllText(Path.Combine(folder, "supabase", "config.toml"), "project_id = \"neolia-local\"\n");
                foreach (var file in migrations)
                    File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
            },
            cancellationToken);
    }
}
