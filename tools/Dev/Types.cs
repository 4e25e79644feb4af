using Neolia.LocalStack.Supabase;

namespace Neolia.Dev;

/// <summary>Writes the dashboard's TypeScript types anew from the migrations.</summary>
internal static class Types
{
    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using var migrated = await MigratedProject.StartAsync(cancellationToken);
        var types = await DatabaseTypes.GenerateAsync(await migrated.CloneAsync(cancellationToken), cancellationToken);
        await File.WriteAllTextAsync(DatabaseTypes.File, types, cancellationToken);
        Console.WriteLine($"{DatabaseTypes.File} is written.");
        return 0;
    }
}
