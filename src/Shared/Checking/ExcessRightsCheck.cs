using Neolia.Functions.Kamailio;
using Neolia.Functions.Supabase;
using Npgsql;

namespace Neolia.Functions.Checking;

/// <summary>Whether this program may do more than it needs: then whoever breaks into it may, too.</summary>
public sealed class ExcessRightsCheck(SupabaseDatabase supabase, KamailioDatabase kamailio)
{
    // The widest first. What grants.sql gives, on tables alone, comes after as pairs: in whichever database, as it may have
    // been run in several of a server.
    private const string FindRight = """
        select privilege, place
        from (
          select 1 as width, privilege_type as privilege, '*.*' as place, grantee
          from information_schema.user_privileges
          where privilege_type <> 'USAGE'
          union all
          select 2, privilege_type, concat(table_schema, '.*'), grantee
          from information_schema.schema_privileges
          union all
          select 3, privilege_type, concat(table_schema, '.', table_name), grantee
          from information_schema.table_privileges
          where is_grantable = 'YES' or (table_name, privilege_type) not in (
        """;

    private const string OfThisUser = """
        )) held
        where replace(grantee, '''', '') = current_user()
        order by width, place, privilege
        limit 1
        """;

    private static readonly (string Table, string[] Rights)[] Needed =
    [
        ("subscriber", ["SELECT", "INSERT", "UPDATE", "DELETE"]),
        ("location", ["SELECT", "DELETE"]),
        ("neolia_account", ["SELECT", "INSERT", "UPDATE"]),
        ("neolia_identity", ["SELECT", "INSERT", "UPDATE"]),
        ("neolia_unit", ["SELECT", "INSERT", "UPDATE"]),
        ("neolia_progress", ["SELECT", "INSERT", "UPDATE"]),
        ("neolia_kick", ["SELECT", "INSERT", "UPDATE", "DELETE"]),
        ("neolia_call_rule", ["SELECT", "INSERT", "UPDATE", "DELETE"]),
        ("neolia_forward_target", ["SELECT"]),
    ];

    private const string ReadRole = "select rolsuper or rolbypassrls from pg_catalog.pg_roles where rolname = current_user";

    public async Task<IReadOnlyList<Finding>> OfKamailioAsync(CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using var command = new Statement()
            .Append(FindRight)
            .AppendRows(Needed.SelectMany(table => table.Rights, (table, right) => (table.Table, right)), pair => [pair.Table, pair.right])
            .Append(OfThisUser)
            .On(connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
            return [];
        var (right, place) = (row.GetString(0), row.GetString(1));
        return
        [
            Finding.Notice("kamailio_excess_rights",
                $"This program's user of Kamailio's database may do more than it needs ({right} on {place}): let it log in as neolia_functions, which grants.sql makes, and revoke what that has been granted besides.",
                $"L'utilisateur de ce programme a plus de droits que nécessaire dans la base de données de Kamailio ({right} sur {place}) : connectez-le en tant que neolia_functions, créé par grants.sql, et révoquez ce qui lui a été accordé en plus."),
        ];
    }

    public async Task<IReadOnlyList<Finding>> OfSupabaseAsync(CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ReadRole, connection);
        return await command.ExecuteScalarAsync(cancellationToken) is not true
            ? []
            :
            [
                Finding.Notice("supabase_excess_rights",
                    "This program's role in Supabase's database is past row level security: let it log in as neolia_functions.",
                    "Le rôle de ce programme dans la base de données Supabase échappe à la sécurité par ligne : connectez-le en tant que neolia_functions."),
            ];
    }
}
