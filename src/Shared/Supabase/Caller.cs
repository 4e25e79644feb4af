namespace Neolia.Functions.Supabase;

/// <summary>Who asks.</summary>
public abstract record Caller
{
    private Caller()
    {
    }

    /// <summary>A signed-in user, who sees what row level security shows.</summary>
    /// <param name="Id">Claim <c>sub</c>, the id in <c>auth.users</c>.</param>
    /// <param name="Claims">The token's payload as JSON, as row level security reads it from <c>request.jwt.claims</c>.</param>
    public sealed record User(Guid Id, string Claims) : Caller
    {
        /// <summary>Records print their members, and claims are personal.</summary>
        public override string ToString() => $"user {Id}";
    }

    /// <summary>A token of role <c>service_role</c>, or the operator's command line: acts for all.</summary>
    public sealed record Service : Caller;
}
