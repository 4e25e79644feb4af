using MySqlConnector;
using Neolia.Functions.Applying;
using Neolia.Functions.Secrets;
using Neolia.Functions.Settings;
using Neolia.Functions.Vault;
using Npgsql;

namespace Neolia.Functions.Verbs;

/// <summary>Why a verb could not do its work, for the operator. Never a database's own words, which can quote values.</summary>
internal static class VerbFault
{
    public static string Explain(Exception exception) => exception switch
    {
        MissingSecretException missing => SettingSentence.Of($"{ConfiguredSecrets.SettingOf(missing.Secret)} could not be read"),
        KamailioOutageException { InnerException: { } inner } => Explain(inner),
        MySqlException { ErrorCode: MySqlErrorCode.AccessDenied } => "Kamailio's database refuses this login. Check the user in Kamailio__ConnectionString (or --admin-user) and its password.",
        MySqlException { ErrorCode: MySqlErrorCode.NoSuchTable } => "A table is missing in Kamailio's database. Apply kamailio/mysql/tables.sql, and Kamailio's own tables before it.",
        MySqlException { ErrorCode: MySqlErrorCode.TableAccessDenied or MySqlErrorCode.ColumnAccessDenied } => "This database user lacks rights in Kamailio's database. Apply kamailio/mysql/grants.sql.",
        MySqlException { ErrorCode: MySqlErrorCode.BadFieldError or MySqlErrorCode.NoDefaultForField } => "The table subscriber is not as the sync needs it. Run kamailio/mysql/check.sql and follow it.",
        MySqlException mysql when FailureClassifier.Classify(mysql) == FailureClass.Outage => $"Kamailio's database can't be reached or used ({mysql.ErrorCode}). Run it again when it answers.",
        MySqlException mysql => $"Kamailio's database answered with an error: {mysql.ErrorCode} ({(int)mysql.ErrorCode}). What was done stays done; it is safe to run it again.",
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } => "Supabase's database refuses this login. Check Supabase__ConnectionString and the password.",
        PostgresException { SqlState: PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName } => "Our migrations are not all applied in Supabase's database. Apply supabase/migrations.",
        PostgresException postgres => $"Supabase's database answered with an error (SQLSTATE {postgres.SqlState}). What was done stays done; it is safe to run it again.",
        NpgsqlException or TimeoutException or System.Net.Sockets.SocketException => "Supabase's database can't be reached. Run it again when it answers.",
        _ => $"Something unexpected failed: {exception.GetType().Name}. What was done stays done; it is safe to run it again.",
    };
}
