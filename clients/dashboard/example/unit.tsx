import { useState } from 'react';
import { useCreateSIPAccount, useDeleteUnit, useSIPAccounts, useUnits, useUpdateUnit, type IntercomUnit, type SIPAccountType, type SIPCredentials } from '../src';
import { AccountCard, accountTypes } from './account';
import { ActivityList } from './activity';
import { unitFields, unitOf } from './building';
import { CredentialsDialog } from './credentials';
import { pathOf } from './route';
import { RuleList } from './rules';
import { Buttons, Confirm, FormDialog, Shown } from './ui';

export function UnitPage({ siteId, buildingId, unitId }: { siteId: string; buildingId: string; unitId: string }) {
  const units = useUnits(buildingId);
  return (
    <>
      <nav><a href="#/">Sites</a> › <a href={pathOf({ site: siteId })}>Bâtiments</a></nav>
      <Shown query={units}>{(all) => {
        const unit = all.find(({ id }) => id === unitId);
        return unit ? <UnitDetails unit={unit} siteId={siteId} /> : <p className="muted">Ce logement n’existe plus.</p>;
      }}</Shown>
    </>
  );
}

function UnitDetails({ unit, siteId }: { unit: IntercomUnit; siteId: string }) {
  const [dialog, setDialog] = useState<'account' | 'edit' | 'delete' | null>(null);
  const [issued, setIssued] = useState<SIPCredentials | null>(null);
  const accounts = useSIPAccounts(unit.id);
  const [create, update, remove] = [useCreateSIPAccount(), useUpdateUnit(), useDeleteUnit()];
  const close = () => setDialog(null);
  return (
    <>
      <h2>Logement {unit.number}</h2>
      <p className="muted">{[unit.owner_name, unit.owner_email].filter(Boolean).join(', ')}</p>
      <section aria-label="Appareils">
        <h3>Appareils</h3>
        <Shown query={accounts} empty="Aucun appareil.">{(all) => <ul className="cards">{all.map((account) => <AccountCard key={account.id} account={account} onIssued={setIssued} />)}</ul>}</Shown>
      </section>
      <Buttons>
        <button className="primary" onClick={() => setDialog('account')}>Ajouter un appareil</button>
        <button onClick={() => setDialog('edit')}>Modifier le logement</button>
        <button className="danger" onClick={() => setDialog('delete')}>Supprimer le logement</button>
      </Buttons>
      <RuleList unitId={unit.id} />
      <ActivityList unitId={unit.id} />
      {dialog === 'account' && (
        <FormDialog title="Nouvel appareil" submit="Créer" onClose={close}
          fields={[
            { name: 'type', label: 'Type', options: accountTypes },
            { name: 'username', label: 'Nom d’utilisateur', placeholder: 'créé automatiquement' },
            { name: 'display_name', label: 'Nom affiché' },
          ]}
          onSubmit={async ({ type, username, display_name }) => {
            const account = { unit_id: unit.id, type: type as SIPAccountType, display_name: display_name || null };
            const { credentials } = await create.mutateAsync(username ? { ...account, username } : account);
            setIssued(credentials);
          }} />
      )}
      {dialog === 'edit' && (
        <FormDialog title="Modifier le logement" submit="Enregistrer" fields={unitFields(unit)} onClose={close}
          onSubmit={(values) => update.mutateAsync({ id: unit.id, ...unitOf(values) })} />
      )}
      {dialog === 'delete' && (
        <Confirm title="Supprimer le logement" confirm="Supprimer" onClose={close}
          onConfirm={() => remove.mutate(unit.id, { onSuccess: () => { location.hash = pathOf({ site: siteId }); } })}>
          Le logement {unit.number} et ses comptes seront supprimés, et ses appareils déconnectés.
        </Confirm>
      )}
      {issued && <CredentialsDialog credentials={issued} onClose={() => setIssued(null)} />}
    </>
  );
}
