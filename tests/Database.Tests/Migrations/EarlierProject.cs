using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Migrations;

/// <summary>What the dashboard's own repository made before ours, and how its rows look.</summary>
internal static class EarlierProject
{
    private static readonly string[] Tables = ["sites", "buildings", "units", "sip_accounts", "call_rules", "intercom_activity_logs"];

    public static string Folder { get; } =
        Path.Combine(Neolia.LocalStack.Repository.Root, "tests", "Database.Tests", "Migrations", "earlier");

    /// <summary>Its migration files, in order.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Directory.GetFiles(Folder, "*.sql").Order(StringComparer.Ordinal)];

    /// <summary>Every row of every contract table, as text.</summary>
    public static async Task<List<string>> RowsAsync(Session owner)
    {
        List<string> rows = [];
        foreach (var table in Tables)
            rows.AddRange(await owner.RowsAsync($"select '{table}', t::text from {table} t order by 2"));
        return rows;
    }
}
