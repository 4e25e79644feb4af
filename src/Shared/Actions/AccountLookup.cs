using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Actions;

/// <summary>Reads accounts as the caller may see them.</summary>
public sealed class AccountLookup(SupabaseDatabase supabase)
{
    private const string ReadAccount = "select username, domain, display_name, enabled from public.sip_accounts where id = $1";
    private const string ReadAccountIds = "select id from public.sip_accounts";
    private const string ReadUnitIds = "select id from public.units";

    /// <summary>The account, or null when there is none that the caller can see.</summary>
    public async Task<VisibleAccount?> FindAsync(Caller caller, Guid accountId, CancellationToken cancellationToken)
    {
        await using var session = await CallerSession.BeginAsync(supabase, caller, cancellationToken);
        await using var command = session.CreateCommand(ReadAccount);
        command.Parameters.Add(new() { Value = accountId, NpgsqlDbType = NpgsqlDbType.Uuid });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new VisibleAccount(accountId, new SipName(row.GetString(0), row.GetString(1)), row.IsDBNull(2) ? null : row.GetString(2), row.GetBoolean(3))
            : null;
    }

    /// <summary>Everything of the caller's that is synced.</summary>
    public async Task<IReadOnlyList<Subject>> ListSubjectsAsync(Caller caller, CancellationToken cancellationToken)
    {
        await using var session = await CallerSession.BeginAsync(supabase, caller, cancellationToken);
        var subjects = new List<Subject>();
        foreach (var (kind, sql) in new[] { (SubjectKind.UnitRules, ReadUnitIds), (SubjectKind.Account, ReadAccountIds) })
        {
            await using var command = session.CreateCommand(sql);
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
                subjects.Add(new Subject(kind, row.GetGuid(0)));
        }

        return subjects;
    }
}

public sealed record VisibleAccount(Guid Id, SipName Name, string? DisplayName, bool Enabled)
{
    public Subject Subject => new(SubjectKind.Account, Id);
}
