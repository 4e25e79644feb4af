import type { SIPCredentials } from '../src';
import { Buttons, Dialog } from './ui';

/** The only moment in which the password is seen; closing it is the end of it. */
export function CredentialsDialog({ credentials, onClose }: { credentials: SIPCredentials; onClose: () => void }) {
  const shown = [
    ['Utilisateur', credentials.username],
    ['Domaine', credentials.domain],
    ['Mot de passe', credentials.password],
    ['Serveur', credentials.wsServers],
  ] as const;
  return (
    <Dialog title="Identifiants" onClose={onClose}>
      <p className="notice">Notez-les maintenant : le mot de passe n’est affiché qu’une fois et n’est conservé nulle part.</p>
      <dl className="facts">{shown.map(([name, value]) => <div key={name}><dt>{name}</dt><dd><code aria-label={name}>{value}</code></dd></div>)}</dl>
      <Buttons>
        <button onClick={() => void navigator.clipboard.writeText(credentials.password)}>Copier le mot de passe</button>
        <button className="primary" onClick={onClose}>C’est noté</button>
      </Buttons>
    </Dialog>
  );
}
