using Neolia.Functions.SipProbe;
using Neolia.Functions.Wording;

namespace Neolia.Functions.Checking;

/// <summary>What is wrong with Kamailio as devices see it.</summary>
internal static class SipFindings
{
    private static readonly Sentence NotRight = new(
        "Kamailio's authentication is not right: tell the operator.",
        "L'authentification de Kamailio n'est pas correcte : prévenez l'exploitant.");

    public static IEnumerable<Finding> OfOpenDoors(SipState sip)
    {
        if (sip.Challenge == ProbeOutcome.Accepted)
        {
            yield return Finding.Broken("open_door",
                "Kamailio lets devices register without a password: put the authentication in its configuration right at once.",
                "Kamailio laisse des appareils s'enregistrer sans mot de passe : rétablissez immédiatement l'authentification dans sa configuration.",
                NotRight);
        }

        if (sip.EmptyPassword == LoginOutcome.LetIn)
        {
            yield return Finding.Broken("empty_password",
                "Kamailio accepts an empty password: switch it to this project's kamailio.cfg (calculate_ha1=0) at once.",
                "Kamailio accepte un mot de passe vide : passez immédiatement au kamailio.cfg de ce projet (calculate_ha1=0).",
                NotRight);
        }
    }

    public static IEnumerable<Finding> OfSilence(SipState sip, KamailioState kamailio)
    {
        if (sip is { Answers: false, Challenge: ProbeOutcome.NoAnswer })
        {
            yield return Finding.Broken("sip_silent",
                "Kamailio doesn't answer SIP: check that it runs, and that Kamailio__SipAddress and its firewall let this app reach it over UDP.",
                "Kamailio ne répond pas en SIP : vérifiez qu'il fonctionne, et que Kamailio__SipAddress et son pare-feu permettent à cette application de le joindre en UDP.");
        }
        else if (sip.Challenge is ProbeOutcome.Refused or ProbeOutcome.NoAnswer)
        {
            yield return Finding.Broken("no_challenge",
                "Kamailio answers SIP but doesn't ask for a password: check that it serves the first domain of Kamailio__Domains.",
                "Kamailio répond en SIP mais ne demande pas de mot de passe : vérifiez qu'il sert le premier domaine de Kamailio__Domains.");
        }
        else if (!sip.Answers)
        {
            yield return Finding.Broken("no_options",
                "Kamailio asks for passwords but doesn't answer OPTIONS: put that right in its configuration, because devices and monitors ask it whether it is there.",
                "Kamailio demande des mots de passe mais ne répond pas à OPTIONS : corrigez sa configuration, car appareils et surveillance s'en servent pour savoir s'il est là.");
        }

        // Without Kamailio's database the rest can't be told from here.
        if (sip is { Challenge: ProbeOutcome.Challenged, EmptyPassword: LoginOutcome.Unclear or LoginOutcome.NoAnswer } && kamailio.Verdict == DatabaseVerdict.Good)
        {
            yield return Finding.Broken("passwords_unchecked",
                "Kamailio asks for passwords but doesn't judge them: check that it can reach its database.",
                "Kamailio demande des mots de passe mais ne les vérifie pas : assurez-vous qu'il peut joindre sa base de données.");
        }

        if (sip is { Challenge: ProbeOutcome.Challenged, EmptyPassword: LoginOutcome.TooOften })
        {
            yield return Finding.Notice("passwords_too_often",
                "Too many wrong passwords came from this app's address, so that Kamailio looks at none for the moment: ask again in a minute.",
                "Trop de mots de passe erronés sont venus de l'adresse de cette application, et Kamailio n'en examine aucun pour le moment : redemandez dans une minute.");
        }
    }
}
