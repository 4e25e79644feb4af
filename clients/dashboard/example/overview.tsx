import { useAmbiguousNumbers, useIntercomStats, useKamailioStatus, useSyncKamailio } from '../src';
import { Pill, Shown } from './ui';

export function Overview() {
  const stats = useIntercomStats();
  const ambiguous = useAmbiguousNumbers();
  return (
    <section aria-label="Vue d’ensemble">
      <Shown query={stats}>{(now) => (
        <dl className="tiles">
          <Tile name="Sites en ligne" value={`${now.sites_online} / ${now.sites_total}`} />
          <Tile name="Bâtiments" value={now.buildings_total} />
          <Tile name="Logements" value={now.units_total} />
          <Tile name="Appareils en ligne" value={`${now.sip_accounts_registered} / ${now.sip_accounts_total}`} />
        </dl>
      )}</Shown>
      <Kamailio />
      {ambiguous.data?.map(({ site_id, site, building, number, flats }) => (
        <p key={site_id + number + building} className="notice">
          {site}, bâtiment {building} : le numéro {number} désigne {flats} logements ; personne ne sonnera.
        </p>
      ))}
    </section>
  );
}

const Tile = ({ name, value }: { name: string; value: string | number }) => <div className="tile"><dt>{name}</dt><dd>{value}</dd></div>;

function Kamailio() {
  const status = useKamailioStatus();
  const sync = useSyncKamailio();
  return (
    <div className="card" role="group" aria-label="Kamailio">
      <div className="row">
        <strong>Kamailio</strong>
        <Shown query={status}>{({ connected, auth_enabled }) => (
          <Pill tone={connected && auth_enabled ? 'good' : 'bad'}>{connected ? (auth_enabled ? 'Connecté' : 'À vérifier') : 'Injoignable'}</Pill>
        )}</Shown>
        <span className="grow" />
        <button onClick={() => sync.mutate()} disabled={sync.isPending}>{sync.isPending ? 'Synchronisation…' : 'Synchroniser Kamailio'}</button>
      </div>
      {status.data && (status.data.problems?.length
        ? status.data.problems.map((problem) => <p key={problem} className="notice">{problem}</p>)
        : <p className="muted">{status.data.message}</p>)}
    </div>
  );
}
