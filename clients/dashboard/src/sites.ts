import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import { useChange } from './changes';
import { createOnce } from './drafts';
import { intercomKeys } from './keys';
import { LIVE_MS, POLL_MS, useReading } from './queries';
import { useIntercom, useIsLive } from './provider';
import { ask, askAll, askOne, insertOnce, insistently } from './requests';
import type { Site, SiteInsert, SiteUpdate } from './types';

const counted = '*, buildings(count), units(count), sip_accounts(count)';

export function useSites(): UseQueryResult<Site[], Error> {
  const { supabase } = useIntercom();
  const live = useIsLive('sites');
  return useReading({
    key: intercomKeys.sites,
    read: async (signal) => {
      const rows = await askAll((from, to) => supabase.from('sites').select(counted).order('name').order('id').range(from, to), signal);
      return rows.map(({ buildings, units, sip_accounts, ...site }) => ({
        ...site, buildings_count: countOf(buildings), units_count: countOf(units), sip_accounts_count: countOf(sip_accounts),
      }) as Site);
    },
    interval: () => (live ? LIVE_MS : POLL_MS),
  });
}

export function useCreateSite(): UseMutationResult<Site, Error, SiteInsert> {
  const { supabase } = useIntercom();
  return useChange({
    name: 'create-site',
    run: (site) => createOnce('sites', site, (id) => insertOnce(
      () => supabase.from('sites').insert({ ...site, id }).select(),
      () => supabase.from('sites').select().eq('id', id),
    )) as Promise<Site>,
    said: ({ name }) => `Site « ${name} » créé.`,
  });
}

export function useUpdateSite(): UseMutationResult<Site, Error, SiteUpdate> {
  const { supabase } = useIntercom();
  return useChange({
    name: 'update-site',
    run: ({ id, ...changes }) => insistently(() => askOne(supabase.from('sites').update(changes).eq('id', id).select())) as Promise<Site>,
    said: ({ name }) => `Site « ${name} » enregistré.`,
  });
}

/** With everything below it: buildings, flats, accounts, rules. Their devices are cut off. */
export function useDeleteSite(): UseMutationResult<void, Error, string> {
  const { supabase } = useIntercom();
  return useChange({
    name: 'delete-site',
    run: async (id) => void (await insistently(() => ask(supabase.from('sites').delete().eq('id', id)))),
    said: () => 'Site supprimé.',
  });
}

const countOf = (embedded: unknown): number => (embedded as { count: number }[])[0]?.count ?? 0;
