namespace Neolia.Functions.Verbs;

/// <summary>What one database has of an account. The other is shown even if this one can't be read.</summary>
/// <param name="Found">Null: nothing, or it could not be read.</param>
/// <param name="Fault">Why it could not be read.</param>
internal sealed record AccountSide<T>(T? Found, string? Fault)
    where T : class
{
    public static async Task<AccountSide<T>> ReadAsync(Func<Task<T?>> read, CancellationToken cancellationToken)
    {
        try
        {
            return new(await read(), null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, VerbFault.Explain(exception));
        }
    }
}
