import { useActivityLog, type ActivityFilter, type ActivityLevel } from '../src';
import { Moment, Shown, type Tone } from './ui';

const tones: Record<ActivityLevel, Tone> = { info: 'quiet', success: 'good', warning: 'wait', error: 'bad' };

export function ActivityList(filter: ActivityFilter) {
  const log = useActivityLog({ limit: 20, ...filter });
  return (
    <section aria-label="Activité">
      <h3>Activité</h3>
      <Shown query={log} empty="Rien pour l’instant.">{(rows) => (
        <ol className="log">{rows.map(({ id, level, message, created_at }) => (
          <li key={id}><span className={`dot ${tones[level]}`} /><span className="grow">{message}</span><span className="muted"><Moment at={created_at} /></span></li>
        ))}</ol>
      )}</Shown>
    </section>
  );
}
