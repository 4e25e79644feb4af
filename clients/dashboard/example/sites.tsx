import { useState } from 'react';
import { useCreateSite, useSites, type Site, type SiteStatus, type SiteType } from '../src';
import { ActivityList } from './activity';
import { pathOf } from './route';
import { FormDialog, Pill, Shown, type Field, type Tone, type Values } from './ui';

export const siteTypes = [['building', 'Résidence'], ['villa', 'Villa']] as const;

const statuses: Record<SiteStatus, [Tone, string]> = {
  online: ['good', 'En ligne'],
  partial: ['wait', 'Partiel'],
  offline: ['quiet', 'Hors ligne'],
};

export function SitesPage() {
  const [adding, setAdding] = useState(false);
  const sites = useSites();
  const create = useCreateSite();
  return (
    <>
      <section aria-label="Sites">
        <div className="row"><h2 className="grow">Sites</h2><button className="primary" onClick={() => setAdding(true)}>Ajouter un site</button></div>
        <Shown query={sites} empty="Aucun site. Ajoutez le premier.">{(all) => <ul className="cards">{all.map((site) => <SiteCard key={site.id} site={site} />)}</ul>}</Shown>
      </section>
      <ActivityList />
      {adding && (
        <FormDialog title="Nouveau site" submit="Créer" fields={siteFields()} onClose={() => setAdding(false)}
          onSubmit={(values) => create.mutateAsync(siteOf(values))} />
      )}
    </>
  );
}

function SiteCard({ site }: { site: Site }) {
  return (
    <li>
      <a className="card" href={pathOf({ site: site.id })}>
        <span className="row"><strong className="grow">{site.name}</strong><StatusPill status={site.status} /></span>
        <span className="muted">{site.address}</span>
        <span className="muted">{counted(site.buildings_count, 'bâtiment')}, {counted(site.units_count, 'logement')}, {counted(site.sip_accounts_count, 'appareil')}</span>
      </a>
    </li>
  );
}

export const StatusPill = ({ status }: { status: SiteStatus }) => <Pill tone={statuses[status][0]}>{statuses[status][1]}</Pill>;

export const siteFields = (site?: Site): readonly Field[] => [
  { name: 'name', label: 'Nom', required: true, initial: site?.name },
  { name: 'address', label: 'Adresse', initial: site?.address },
  { name: 'type', label: 'Type', options: siteTypes, initial: site?.type },
  { name: 'timezone', label: 'Fuseau horaire', required: true, initial: site?.timezone ?? 'Europe/Paris' },
];

export const siteOf = ({ name, address, type, timezone }: Values) => ({ name: name!, address: address || null, type: type as SiteType, timezone: timezone! });

const counted = (count = 0, what: string) => `${count} ${what}${count > 1 ? 's' : ''}`;
