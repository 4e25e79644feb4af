import { useState } from 'react';
import { useBuildings, useCreateBuilding, useDeleteSite, useSites, useUpdateSite, type Site } from '../src';
import { ActivityList } from './activity';
import { BuildingSection } from './building';
import { siteFields, siteOf, StatusPill } from './sites';
import { Buttons, Confirm, FormDialog, Shown } from './ui';

export function SitePage({ siteId }: { siteId: string }) {
  const sites = useSites();
  return (
    <>
      <nav><a href="#/">Sites</a></nav>
      <Shown query={sites}>{(all) => {
        const site = all.find(({ id }) => id === siteId);
        return site ? <SiteDetails site={site} /> : <p className="muted">Ce site n’existe plus.</p>;
      }}</Shown>
    </>
  );
}

function SiteDetails({ site }: { site: Site }) {
  const [dialog, setDialog] = useState<'edit' | 'delete' | 'building' | null>(null);
  const buildings = useBuildings(site.id);
  const [update, remove, createBuilding] = [useUpdateSite(), useDeleteSite(), useCreateBuilding()];
  const close = () => setDialog(null);
  return (
    <>
      <div className="row"><h2 className="grow">{site.name}</h2><StatusPill status={site.status} /></div>
      <p className="muted">{site.address}</p>
      <Buttons>
        <button className="primary" onClick={() => setDialog('building')}>Ajouter un bâtiment</button>
        <button onClick={() => setDialog('edit')}>Modifier le site</button>
        <button className="danger" onClick={() => setDialog('delete')}>Supprimer le site</button>
      </Buttons>
      <Shown query={buildings} empty="Aucun bâtiment.">{(all) => all.map((building) => <BuildingSection key={building.id} building={building} />)}</Shown>
      <ActivityList siteId={site.id} />
      {dialog === 'building' && (
        <FormDialog title="Nouveau bâtiment" submit="Créer" onClose={close}
          fields={[{ name: 'name', label: 'Nom', required: true }, { name: 'floor_count', label: 'Étages', type: 'number', initial: 1 }]}
          onSubmit={({ name, floor_count }) => createBuilding.mutateAsync({ site_id: site.id, name: name!, floor_count: Number(floor_count) || 1 })} />
      )}
      {dialog === 'edit' && (
        <FormDialog title="Modifier le site" submit="Enregistrer" fields={siteFields(site)} onClose={close}
          onSubmit={(values) => update.mutateAsync({ id: site.id, ...siteOf(values) })} />
      )}
      {dialog === 'delete' && (
        <Confirm title="Supprimer le site" confirm="Supprimer" onClose={close} onConfirm={() => remove.mutate(site.id, { onSuccess: () => { location.hash = '#/'; } })}>
          « {site.name} », ses bâtiments, ses logements et leurs comptes seront supprimés, et leurs appareils déconnectés.
        </Confirm>
      )}
    </>
  );
}
