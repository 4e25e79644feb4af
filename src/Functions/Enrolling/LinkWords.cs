using Neolia.Functions.Wording;

namespace Neolia.Functions.Enrolling;

/// <summary>What the page behind a link says, by the names of its placeholders.</summary>
internal static class LinkWords
{
    public static readonly Sentence Title = new("Set up an intercom device", "Configurer un appareil d'interphonie");
    public static readonly Sentence NotValid = new("This code is not valid", "Ce code n'est pas valable");

    public static Sentence DeviceType(string type) => type switch
    {
        "panel" => new("Wall panel", "Écran mural"),
        "mobile" => new("Mobile", "Mobile"),
        "station" => new("Outdoor station", "Platine de rue"),
        _ => new("Device", "Appareil"),
    };

    public static Sentence Of(string name) => name switch
    {
        "site_label" => new("Residence", "Résidence"),
        "building_label" => new("Building", "Bâtiment"),
        "unit_label" => new("Flat", "Logement"),
        "once" => new(
            "This works once, and for one device. A device that was set up for this before is signed off.",
            "Cela fonctionne une seule fois, pour un seul appareil. Un appareil configuré auparavant à sa place est déconnecté."),
        "redeem" => new("Set up this device", "Configurer cet appareil"),
        "needs_script" => new("Allow JavaScript on this page, and reload it.", "Autorisez JavaScript sur cette page, puis rechargez-la."),
        "working" => new("One moment …", "Un instant…"),
        "incomplete" => new(
            "The address of this page is incomplete. Scan the code again.", "L'adresse de cette page est incomplète. Scannez le code à nouveau."),
        "dead" => new(
            "This code was used, has expired or was withdrawn. Ask your installer for a new one.",
            "Ce code a déjà servi, a expiré ou a été retiré. Demandez-en un nouveau à votre installateur."),
        "often" => new("Too many attempts. Wait a minute and try again.", "Trop de tentatives. Patientez une minute, puis réessayez."),
        "fault" => new(
            "This page can't be shown at the moment. Reload it in a few seconds.",
            "Cette page ne peut pas être affichée pour le moment. Rechargez-la dans quelques secondes."),
        "lost" => new(
            "There was no answer. Try again; if the code is then no longer valid, ask your installer for a new one.",
            "Aucune réponse n'est parvenue. Réessayez ; si le code n'est alors plus valable, demandez-en un nouveau à votre installateur."),
        "configured" => new("This is the device's configuration", "Voici la configuration de l'appareil"),
        "shown_once" => new(
            "It is shown once. Enter it on the device before you close this page.",
            "Elle n'est affichée qu'une fois. Saisissez-la sur l'appareil avant de fermer cette page."),
        "uri" => new("SIP address", "Adresse SIP"),
        "password" => new("Password", "Mot de passe"),
        "server" => new("Server", "Serveur"),
        "for_app" => new("All of it, for the app", "L'ensemble, pour l'application"),
        "copy" => new("Copy", "Copier"),
        "copied" => new("Copied.", "Copié."),
        _ => throw new KeyNotFoundException(name),
    };
}
