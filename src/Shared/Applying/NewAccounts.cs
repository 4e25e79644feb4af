using Neolia.Functions.Reading;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Applying;

/// <summary>
/// The short way for a batch that Kamailio's database has never heard of: a first sync, or a bulk import. It writes what
/// <see cref="AccountPlan"/> decides for empty tables, with plain inserts, where the long way makes rows, locks and reads
/// them, and writes them again.
/// </summary>
/// <remarks>
/// A plain insert is both guard and lock. That it went through says that no fence, and no owner of the name, was there
/// (their rows are never deleted, so nobody with a higher version had been), and holds the key until the commit: another
/// worker's <c>insert ignore</c> of it waits, and then finds our version. That it failed (1062) says that somebody was
/// faster, or that a subscriber stands under the name: everything is rolled back and goes the long way.
/// <para>
/// Fences come first, then names, then subscribers, each in key order, as everywhere (rule M3). What that rule forbids is
/// to lock for update a key that isn't there, which takes the gap: at READ COMMITTED an insert takes none.
/// </para>
/// </remarks>
internal static class NewAccounts
{
    /// <summary>Null when something was there after all; nothing is written then.</summary>
    public static async Task<IReadOnlyList<SubjectResult>?> InsertAsync(
        IAccountSession session, IReadOnlyList<DesiredAccount> batch, IReadOnlySet<string> servedDomains, CancellationToken cancellationToken)
    {
        var changes = AccountPlan.Decide(batch, NothingOf(batch, servedDomains), servedDomains);
        await session.BeginAsync(cancellationToken);

        // Names that are owned without a fence are what a hand or half a backup leaves behind: the long way releases them.
        // And a hand-made subscriber table may lack the unique key that would refuse the insert.
        var names = changes.SubscribersToInsert.Select(s => s.Name).ToList();
        if (await session.IsAnyThereAsync([.. changes.Fences.Keys.Order()], names, cancellationToken) || !await session.TryInsertAsync(changes, cancellationToken))
        {
            await session.RollbackAsync(cancellationToken);
            return null;
        }

        await session.CommitAsync();
        return [.. changes.Results.Select(r => r with { IsFirst = true })];
    }

    private static KamailioRows NothingOf(IReadOnlyList<DesiredAccount> batch, IReadOnlySet<string> servedDomains)
    {
        var rows = new KamailioRows();
        foreach (var account in batch)
        {
            rows.Fences[account.Id] = new FenceRow(0, null, null, null, Deleted: false);
            if (AccountPlan.WantedName(account, servedDomains) is { } name)
                rows.Identities[name] = new IdentityRow(null, 0);
        }

        return rows;
    }
}
