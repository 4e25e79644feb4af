import { useState } from 'react';
import {
  useCreateEnrolment, useDeleteSIPAccount, useRekeySIPAccount, useSetSIPAccountEnabled, useUpdateSIPAccount,
  type IssuedEnrolment, type SIPAccount, type SIPCredentials, type SyncState,
} from '../src';
import { EnrolmentDialog, OpenEnrolment } from './enrolment';
import { Buttons, Confirm, FormDialog, Moment, Pill, type Tone } from './ui';

export const accountTypes = [['panel', 'Écran mural'], ['mobile', 'Mobile'], ['station', 'Platine de rue']] as const;

const states: Record<SyncState, [Tone, string]> = {
  pending: ['wait', 'En attente'],
  synced: ['good', 'Synchronisé'],
  retrying: ['wait', 'Nouvel essai'],
  failed: ['bad', 'Échec'],
  disabled: ['quiet', 'Désactivé'],
};

export function AccountPill({ account: { enabled, sync } }: { account: SIPAccount }) {
  if (!enabled) return <Pill tone="quiet">Désactivé</Pill>;
  const [tone, text] = states[sync?.state === 'disabled' ? 'pending' : (sync?.state ?? 'pending')];
  return <Pill tone={tone}>{text}</Pill>;
}

interface AccountProps {
  account: SIPAccount;
  onIssued: (credentials: SIPCredentials | null) => void;
}

export function AccountCard({ account, onIssued }: AccountProps) {
  const [dialog, setDialog] = useState<'edit' | 'rekey' | 'delete' | null>(null);
  const [link, setLink] = useState<IssuedEnrolment | null>(null);
  const enrol = useCreateEnrolment();
  const [rekey, enable, update, remove] = [useRekeySIPAccount(), useSetSIPAccountEnabled(), useUpdateSIPAccount(), useDeleteSIPAccount()];
  const close = () => setDialog(null);
  return (
    <li className="card" role="group" aria-label={account.username}>
      <strong className="name">{account.display_name ?? account.username}</strong>
      <span className="row">
        <AccountPill account={account} />
        {account.enabled && <Pill tone={account.registered ? 'good' : 'quiet'}>{account.registered ? 'En ligne' : 'Hors ligne'}</Pill>}
      </span>
      <span className="muted name">{account.username}@{account.domain}</span>
      <span className="muted">
        {accountTypes.find(([type]) => type === account.type)?.[1]}
        {account.last_registration && <>, vu le <Moment at={account.last_registration} /></>}
      </span>
      {account.sync && !account.sync.has_credentials && <p className="notice">Sans identifiants : aucun appareil ne peut s’enregistrer.</p>}
      {account.sync?.last_error && <p className="failure">{account.sync.last_error}</p>}
      <OpenEnrolment accountId={account.id} />
      <Buttons>
        <button onClick={() => enrol.mutate({ sip_account_id: account.id }, { onSuccess: setLink })} disabled={enrol.isPending}>Code QR</button>
        <button onClick={() => setDialog('rekey')} disabled={rekey.isPending}>Nouveaux identifiants</button>
        <button onClick={() => enable.mutate({ id: account.id, enabled: !account.enabled })}>{account.enabled ? 'Désactiver' : 'Activer'}</button>
        <button onClick={() => setDialog('edit')}>Modifier</button>
        <button className="danger" onClick={() => setDialog('delete')}>Supprimer</button>
      </Buttons>
      {link && <EnrolmentDialog link={link} onClose={() => setLink(null)} />}
      {dialog === 'rekey' && (
        <Confirm title="Nouveaux identifiants" confirm="Émettre" onClose={close} onConfirm={() => rekey.mutate({ id: account.id }, { onSuccess: ({ credentials }) => onIssued(credentials) })}>
          L’ancien mot de passe ne vaudra plus, et l’appareil sera déconnecté.
        </Confirm>
      )}
      {dialog === 'edit' && (
        <FormDialog title="Modifier l’appareil" submit="Enregistrer" onClose={close}
          fields={[
            { name: 'username', label: 'Nom d’utilisateur', required: true, initial: account.username },
            { name: 'display_name', label: 'Nom affiché', initial: account.display_name },
            { name: 'extension', label: 'Numéro court', initial: account.extension },
          ]}
          onSubmit={({ username, display_name, extension }) =>
            update.mutateAsync({ id: account.id, username: username!, display_name: display_name || null, extension: extension || null })} />
      )}
      {dialog === 'delete' && (
        <Confirm title="Supprimer l’appareil" confirm="Supprimer" onClose={close} onConfirm={() => remove.mutate(account.id)}>
          Le compte {account.username} sera supprimé et son appareil déconnecté.
        </Confirm>
      )}
    </li>
  );
}
