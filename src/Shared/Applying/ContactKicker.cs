using Neolia.Functions.Kamailio;

namespace Neolia.Functions.Applying;

/// <summary>
/// Deletes the contacts of names that were marked to be kicked (rule M4). A mark commits with the change that needs it
/// and names the account that may not be acknowledged before it is worked off: whoever takes the account next, after a
/// worker died between the two, finds it. In a transaction of its own, because Kamailio's processes wait for whoever
/// holds rows of <c>location</c>.
/// </summary>
public sealed class ContactKicker
{
    private readonly IKickStatements _statements;

    public ContactKicker(KamailioDatabase kamailio)
        : this(new KickStatements(kamailio))
    {
    }

    internal ContactKicker(IKickStatements statements) => _statements = statements;

    /// <summary>Works off every mark of the applied subjects, and answers them as they came.</summary>
    public async Task<IReadOnlyList<SubjectResult>> KickAsync(IReadOnlyList<SubjectResult> applied, CancellationToken cancellationToken)
    {
        var accounts = applied.Where(r => !r.IsFirst).Select(r => r.Subject.Id).Order().ToList();
        if (accounts.Count == 0)
            return applied;

        if (await _statements.ReadMarkedNamesAsync(accounts, cancellationToken) is { Count: > 0 } names)
            await _statements.DeleteContactsAsync(accounts, names, cancellationToken);
        return applied;
    }
}
