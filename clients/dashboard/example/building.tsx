import { useState } from 'react';
import { useCreateUnit, useDeleteBuilding, useUnits, useUpdateBuilding, type Building, type IntercomUnit } from '../src';
import { AccountPill } from './account';
import { pathOf } from './route';
import { Buttons, Confirm, FormDialog, Shown, type Field, type Values } from './ui';

export function BuildingSection({ building }: { building: Building }) {
  const [dialog, setDialog] = useState<'unit' | 'edit' | 'delete' | null>(null);
  const units = useUnits(building.id);
  const [createUnit, update, remove] = [useCreateUnit(), useUpdateBuilding(), useDeleteBuilding()];
  const close = () => setDialog(null);
  return (
    <section aria-label={`Bâtiment ${building.name}`}>
      <h3>Bâtiment {building.name}</h3>
      <Shown query={units} empty="Aucun logement.">{(all) => <ul className="cards">{all.map((unit) => <UnitCard key={unit.id} unit={unit} siteId={building.site_id} />)}</ul>}</Shown>
      <Buttons>
        <button onClick={() => setDialog('unit')}>Ajouter un logement</button>
        <button onClick={() => setDialog('edit')}>Renommer</button>
        <button className="danger" onClick={() => setDialog('delete')}>Supprimer</button>
      </Buttons>
      {dialog === 'unit' && (
        <FormDialog title="Nouveau logement" submit="Créer" fields={unitFields()} onClose={close}
          onSubmit={(values) => createUnit.mutateAsync({ building_id: building.id, ...unitOf(values) })} />
      )}
      {dialog === 'edit' && (
        <FormDialog title="Renommer le bâtiment" submit="Enregistrer" onClose={close} fields={[{ name: 'name', label: 'Nom', required: true, initial: building.name }]}
          onSubmit={({ name }) => update.mutateAsync({ id: building.id, name: name! })} />
      )}
      {dialog === 'delete' && (
        <Confirm title="Supprimer le bâtiment" confirm="Supprimer" onClose={close} onConfirm={() => remove.mutate(building.id)}>
          Le bâtiment « {building.name} », ses logements et leurs comptes seront supprimés.
        </Confirm>
      )}
    </section>
  );
}

function UnitCard({ unit, siteId }: { unit: IntercomUnit; siteId: string }) {
  return (
    <li>
      <a className="card" href={pathOf({ site: siteId, building: unit.building_id, unit: unit.id })}>
        <span className="row"><strong className="grow">{unit.number}</strong><span className="muted">{unit.owner_name}</span></span>
        {unit.sip_accounts?.length
          ? unit.sip_accounts.map((account) => <span key={account.id} className="row"><span className="grow name">{account.username}</span><AccountPill account={account} /></span>)
          : <span className="muted">Aucun appareil</span>}
      </a>
    </li>
  );
}

export const unitFields = (unit?: IntercomUnit): readonly Field[] => [
  { name: 'number', label: 'Numéro', required: true, initial: unit?.number },
  { name: 'floor', label: 'Étage', type: 'number', initial: unit?.floor },
  { name: 'owner_name', label: 'Occupant', initial: unit?.owner_name },
  { name: 'owner_email', label: 'E-mail de l’occupant', type: 'email', initial: unit?.owner_email },
];

export const unitOf = ({ number, floor, owner_name, owner_email }: Values) => ({
  number: number!.trim(), floor: floor ? Number(floor) : null, owner_name: owner_name || null, owner_email: owner_email || null,
});
