using System.Globalization;
using MySqlConnector;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Supabase;
using Npgsql;

namespace Neolia.Functions.Checking;

/// <summary>Whether this program may do more than it needs: then whoever breaks into it may, too.</summary>
public sealed class ExcessRightsCheck(SupabaseDatabase supabase, KamailioDatabase kamailio)
{
    private const string CountServerRights = """
        select count(*) from information_schema.user_privileges
        where replace(grantee, '''', '') = current_user() and privilege_type <> 'USAGE'
        """;

    private const string ReadRole = "select rolsuper or rolbypassrls from pg_catalog.pg_roles where rolname = current_user";

    public async Task<IReadOnlyList<Finding>> OfKamailioAsync(CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(CountServerRights, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture) == 0
            ? []
            :
            [
                Finding.Notice("kamailio_excess_rights",
                    "This program's user of Kamailio's database has rights on the whole server: let it log in as neolia_functions, which grants.sql makes.",
                    "L'utilisateur de ce programme a des droits sur tout le serveur de la base de données de Kamailio : connectez-le en tant que neolia_functions, créé par grants.sql."),
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
