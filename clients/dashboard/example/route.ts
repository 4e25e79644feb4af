import { useSyncExternalStore } from 'react';

type Route = Partial<Record<'site' | 'building' | 'unit', string>>;

export const pathOf = (route: Route): string => `#/${Object.entries(route).flat().join('/')}`;

/** #/site/ID/building/ID/unit/ID */
export function useRoute(): Route {
  const hash = useSyncExternalStore(listen, () => location.hash);
  const parts = hash.split('/').slice(1);
  return Object.fromEntries(parts.flatMap((name, i) => (i % 2 === 0 && parts[i + 1] ? [[name, parts[i + 1]]] : [])));
}

function listen(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}
