using Neolia.Functions.Wording;

namespace Neolia.Functions.Checking;

/// <summary>What is wrong with what waits, and what waits for people.</summary>
internal static class QueueFindings
{
    private const long OldChangeSeconds = 300;

    public static IEnumerable<Finding> Of(SupabaseState supabase)
    {
        if (supabase.Queue is { OldestSeconds: > OldChangeSeconds } queue)
        {
            var minutes = queue.OldestSeconds / 60;
            yield return new Finding("queue_old", Severity.Broken, Sentence.Of(queue.Waiting,
                new Sentence(
                    $"A change has waited for Kamailio for {minutes} minutes: check that the drain timer runs, and look at the app's log.",
                    $"Une modification attend Kamailio depuis {minutes} minutes : vérifiez que le minuteur drain fonctionne et consultez le journal de l'application."),
                new Sentence(
                    $"{queue.Waiting} changes wait for Kamailio, the oldest for {minutes} minutes: check that the drain timer runs, and look at the app's log.",
                    $"{queue.Waiting} modifications attendent Kamailio, la plus ancienne depuis {minutes} minutes : vérifiez que le minuteur drain fonctionne et consultez le journal de l'application.")));
        }

        if (supabase.NotSynced > 0)
        {
            yield return new Finding("sync_failed", Severity.Notice, Sentence.Of(supabase.NotSynced,
                new Sentence(
                    "An account or flat could not be synced: correct what is told beside it.",
                    "Un compte ou un logement n'a pas pu être synchronisé : corrigez ce qui est indiqué à côté de lui."),
                new Sentence(
                    $"{supabase.NotSynced} accounts or flats could not be synced: correct what is told beside each.",
                    $"{supabase.NotSynced} comptes ou logements n'ont pas pu être synchronisés : corrigez ce qui est indiqué à côté de chacun.")));
        }

        if (supabase.WithoutCredentials > 0)
        {
            yield return new Finding("no_credentials", Severity.Notice, Sentence.Of(supabase.WithoutCredentials,
                new Sentence(
                    "An account has no credentials yet, so that no device can register with it: issue some.",
                    "Un compte n'a pas encore d'identifiants, aucun appareil ne peut donc s'y enregistrer : émettez-en."),
                new Sentence(
                    $"{supabase.WithoutCredentials} accounts have no credentials yet, so that no device can register with them: issue some.",
                    $"{supabase.WithoutCredentials} comptes n'ont pas encore d'identifiants, aucun appareil ne peut donc s'y enregistrer : émettez-en.")));
        }
    }
}
