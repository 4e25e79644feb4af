import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import { useChange } from './changes';
import { createOnce } from './drafts';
import { intercomKeys } from './keys';
import { useReading } from './queries';
import { useIntercom } from './provider';
import { ask, askAll, askOne, insertOnce, insistently } from './requests';
import type { Building, BuildingInsert, BuildingUpdate } from './types';

/** Of one site; without it, of all. */
export function useBuildings(siteId?: string): UseQueryResult<Building[], Error> {
  const { supabase } = useIntercom();
  return useReading({
    key: intercomKeys.buildings(siteId),
    read: (signal) => askAll((from, to) => {
      const rows = supabase.from('buildings').select();
      return (siteId ? rows.eq('site_id', siteId) : rows).order('name').order('id').range(from, to);
    }, signal),
  });
}

export function useCreateBuilding(): UseMutationResult<Building, Error, BuildingInsert> {
  const { supabase } = useIntercom();
  return useChange({
    name: 'create-building',
    run: (building) => createOnce('buildings', building, (id) => insertOnce<Building>(
      () => supabase.from('buildings').insert({ ...building, id }).select(),
      () => supabase.from('buildings').select().eq('id', id),
    )),
    said: ({ name }) => `Bâtiment « ${name} » créé.`,
  });
}

export function useUpdateBuilding(): UseMutationResult<Building, Error, BuildingUpdate> {
  const { supabase } = useIntercom();
  return useChange<Building, BuildingUpdate>({
    name: 'update-building',
    run: ({ id, ...changes }) => insistently(() => askOne(supabase.from('buildings').update(changes).eq('id', id).select())),
    said: ({ name }) => `Bâtiment « ${name} » enregistré.`,
  });
}

/** With its flats, accounts and rules. */
export function useDeleteBuilding(): UseMutationResult<void, Error, string> {
  const { supabase } = useIntercom();
  return useChange({
    name: 'delete-building',
    run: async (id) => void (await insistently(() => ask(supabase.from('buildings').delete().eq('id', id)))),
    said: () => 'Bâtiment supprimé.',
  });
}
