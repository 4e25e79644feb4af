using System.Diagnostics;
using Neolia.LocalStack.Postgres;
using Neolia.LocalStack.Supabase;
using Neolia.LocalStack.Supervision;

namespace Neolia.Database.Tests.Migrations;

/// <summary>pg_dump of a whole database, schema, rights and rows: two that are equal mean that nothing changed. Its lines are sorted: the order of grants says nothing.</summary>
internal static class Dump
{
    /// <param name="project">The project to dump.</param>
    /// <param name="options">Further options of pg_dump.</param>
    public static async Task<string> OfAsync(SupabaseProject project, params string[] options)
    {
        var start = new ProcessStartInfo(DebianBinary.Find("pg_dump", "postgresql-client-15"),
            [.. options, "--host=127.0.0.1", $"--port={project.Server.Port}", $"--username={PostgresServer.Superuser}", project.Database])
        {
            Environment = { ["PGPASSWORD"] = project.Server.Password },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var dump = Process.Start(start)!;
        var errors = dump.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var text = await dump.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await dump.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(dump.ExitCode == 0, await errors);

        // \restrict carries a random word per dump.
        return string.Join('\n', text.Split('\n').Where(line => !line.StartsWith(@"\restrict", StringComparison.Ordinal) && !line.StartsWith(@"\unrestrict", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }
}
