using MySqlConnector;
using Neolia.Functions.Subjects;
using Neolia.ProtocolModel.Databases;
using Neolia.ProtocolModel.Scheduling;

namespace Neolia.ProtocolModel.Actors;

/// <summary>A session in which a user of the dashboard changes accounts, one transaction after the other.</summary>
internal sealed class UserSession(Actor actor, IUserStatements statements, Slots slots)
{
    public Actor Actor => actor;

    public void Begin(Change change, int slot, int name, bool commits) => actor.Start(async () =>
    {
        try
        {
            await RunAsync(change, slot, name, commits);
        }
        catch (Exception exception) when (exception is IOException or UniqueViolationException or MySqlException)
        {
            // The database refused it, or the user's connection broke: rolled back.
            actor.Note(exception.Message);
        }
    });

    private async Task RunAsync(Change change, int slot, int name, bool commits)
    {
        var (account, other) = (slots.Current(slot), slots.Current(slot + 1));
        await using var transaction = await statements.BeginAsync();
        switch (change)
        {
            case Change.Rekey:
                await transaction.RekeyAsync(account);
                break;
            case Change.Toggle:
                await transaction.ToggleAsync(account);
                break;
            case Change.Extension:
                await transaction.ExtendAsync(account);
                break;
            case Change.Delete:
                await transaction.DeleteAsync([account]);
                break;
            case Change.DeleteBoth:
                await transaction.DeleteAsync([account, other]);
                break;
            case Change.Recreate when statements.NameOf(account) is { } old:
                await transaction.DeleteAsync([account]);
                await transaction.InsertAsync(slots.Next(slot), old);
                break;
            case Change.Swap when statements.NameOf(account) is { } mine && statements.NameOf(other) is { } theirs && account != other:
                await transaction.RenameAsync(account, slots.NameOf(-1));
                await transaction.RenameAsync(other, mine);
                await transaction.RenameAsync(account, theirs);
                break;
            case Change.Name or Change.Recreate or Change.Swap when statements.NameOf(account) is null:
                await transaction.InsertAsync(slots.Next(slot), slots.NameOf(name));
                break;
            default:
                await transaction.RenameAsync(account, slots.NameOf(name));
                break;
        }

        if (commits)
            await transaction.CommitAsync();
        else
            await transaction.RollbackAsync();
    }
}

/// <summary>The few accounts and names that everybody fights over.</summary>
internal sealed class Slots(int count)
{
    private readonly Guid[] _current = [.. Enumerable.Range(0, count).Select(i => IdOf(i, 0))];
    private int _generation;

    /// <summary>Every account that ever was.</summary>
    public List<Guid> All { get; } = [];

    public Guid Current(int slot) => _current[slot % count];

    /// <summary>Another account in the slot of one that is gone: ids are never used twice.</summary>
    public Guid Next(int slot)
    {
        var id = _current[slot % count] = IdOf(slot % count, ++_generation);
        All.Add(id);
        return id;
    }

    public SipName NameOf(int name) => new(name < 0 ? "between" : $"panel{name % count}", "sip.neolia.app");

    private static Guid IdOf(int slot, int generation) => new(slot + 1, 0, 0, [0, 0, 0, 0, 0, 0, 0, (byte)generation]);
}
