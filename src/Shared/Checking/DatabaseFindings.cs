namespace Neolia.Functions.Checking;

/// <summary>What is wrong with either database.</summary>
internal static class DatabaseFindings
{
    // Clocks that are kept right differ by less.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(30);

    public static IEnumerable<Finding> OfKamailio(KamailioState kamailio) => kamailio.Verdict switch
    {
        DatabaseVerdict.Good => [],
        DatabaseVerdict.Unreachable =>
        [
            Finding.Broken("kamailio_unreachable",
                "Kamailio's database can't be reached: check that its server runs and that the firewall lets this app in.",
                "La base de données de Kamailio est injoignable : vérifiez que son serveur fonctionne et que le pare-feu laisse passer cette application."),
        ],
        DatabaseVerdict.Overloaded =>
        [
            Finding.Broken("kamailio_overloaded",
                "Kamailio's database answers too slowly or takes no more connections: see what holds it up there (long statements, locks, a full disk).",
                "La base de données de Kamailio répond trop lentement ou n'accepte plus de connexions : cherchez ce qui la retient (requêtes longues, verrous, disque plein)."),
        ],
        DatabaseVerdict.Refused =>
        [
            Finding.Broken("kamailio_login",
                "Kamailio's database refuses the login: check the user in Kamailio__ConnectionString, that it is unlocked, and the secret kamailio-password.",
                "La base de données de Kamailio refuse la connexion : vérifiez l'utilisateur dans Kamailio__ConnectionString, qu'il n'est pas verrouillé, et le secret kamailio-password."),
        ],
        DatabaseVerdict.OtherSchema =>
        [
            Finding.Broken("kamailio_schema",
                $"Kamailio's database is not as this version needs it ({Known(kamailio.Fault, "neolia_account")}): apply kamailio/mysql/tables.sql, then do what check.sql says.",
                $"La base de données de Kamailio n'est pas dans l'état attendu par cette version ({Known(kamailio.Fault, "neolia_account")}) : appliquez kamailio/mysql/tables.sql, puis suivez check.sql."),
        ],
        _ =>
        [
            Finding.Broken("kamailio_rights",
                $"This app may not do its work in Kamailio's database ({Known(kamailio.Fault, "neolia_account")}): apply kamailio/mysql/tables.sql and grants.sql.",
                $"Cette application n'a pas les droits nécessaires dans la base de données de Kamailio ({Known(kamailio.Fault, "neolia_account")}) : appliquez kamailio/mysql/tables.sql et grants.sql."),
        ],
    };

    public static IEnumerable<Finding> OfSupabase(SupabaseState supabase) => supabase.Verdict switch
    {
        DatabaseVerdict.Good => [],
        DatabaseVerdict.Unreachable =>
        [
            Finding.Broken("supabase_unreachable",
                "Supabase's database can't be reached: devices go on working and changes wait, so try again soon, and see Supabase's status page if it stays.",
                "La base de données Supabase est injoignable : les appareils continuent de fonctionner et les modifications attendent ; réessayez bientôt, et consultez la page d'état de Supabase si cela dure."),
        ],
        DatabaseVerdict.Overloaded =>
        [
            Finding.Broken("supabase_overloaded",
                "Supabase's database answers too slowly or takes no more connections: changes wait, so see in Supabase's reports what holds it up (long statements, locks, a full disk).",
                "La base de données Supabase répond trop lentement ou n'accepte plus de connexions : les modifications attendent, cherchez dans les rapports de Supabase ce qui la retient (requêtes longues, verrous, disque plein)."),
        ],
        DatabaseVerdict.Refused =>
        [
            Finding.Broken("supabase_login",
                "Supabase's database refuses the login: check Supabase__ConnectionString and the secret supabase-password.",
                "La base de données Supabase refuse la connexion : vérifiez Supabase__ConnectionString et le secret supabase-password."),
        ],
        DatabaseVerdict.OtherSchema =>
        [
            Finding.Broken("supabase_schema",
                $"Supabase's database is not as this version needs it ({Known(supabase.Fault, "kamailio_sync")}): apply supabase/migrations.",
                $"La base de données Supabase n'est pas dans l'état attendu par cette version ({Known(supabase.Fault, "kamailio_sync")}) : appliquez supabase/migrations."),
        ],
        _ =>
        [
            Finding.Broken("supabase_rights",
                $"This app may not do its work in Supabase's database ({Known(supabase.Fault, "kamailio_sync")}): let it log in as neolia_functions, and apply supabase/migrations.",
                $"Cette application n'a pas les droits nécessaires dans la base de données Supabase ({Known(supabase.Fault, "kamailio_sync")}) : connectez-la en tant que neolia_functions et appliquez supabase/migrations."),
        ],
    };

    public static IEnumerable<Finding> OfClock(string whose, TimeSpan skew)
    {
        if (skew.Duration() > ClockTolerance)
        {
            yield return Finding.Broken("clock",
                $"The clocks of {whose}'s database and of this app differ by {skew.Duration().TotalSeconds:0} s: keep both by NTP.",
                $"Les horloges de la base de données de {whose} et de cette application diffèrent de {skew.Duration().TotalSeconds:0} s : réglez les deux par NTP.");
        }
    }

    private static string Known(string? fault, string otherwise) => fault ?? otherwise;
}
