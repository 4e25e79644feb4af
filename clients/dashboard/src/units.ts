import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import { accountInterval, readAccount, withSync, type AccountRow } from './accounts';
import { useChange } from './changes';
import { createOnce } from './drafts';
import { explain } from './explanations';
import { intercomKeys } from './keys';
import { usePending } from './pending';
import { useReading } from './queries';
import { useIntercom, useIsLive } from './provider';
import { ask, askAll, askMaybe, askOne, insertOnce, insistently, pageOf } from './requests';
import type { IntercomUnit, UnitInsert, UnitSync, UnitUpdate } from './types';

const natural = new Intl.Collator('fr', { numeric: true });

const withAccounts = `*, sip_accounts(${withSync})` as const;

/** The flats of one building, or all, each with its accounts. */
export function useUnits(buildingId?: string): UseQueryResult<IntercomUnit[], Error> {
  const { supabase } = useIntercom();
  const pending = usePending();
  const [syncIsLive, accountsAreLive] = [useIsLive('sip_account_sync'), useIsLive('sip_accounts')];
  const result = useReading<IntercomUnit[]>({
    key: intercomKeys.units(buildingId),
    read: async (signal) => {
      const rows = await askAll((from, to) => {
        const some = buildingId
          ? supabase.from('units').select(withAccounts).eq('building_id', buildingId).range(from, to)
          : supabase.rpc('own_units', pageOf(from, to)).select(withAccounts);
        return some.order('created_at').order('id');
      }, signal);
      const units = rows.map(async ({ sip_accounts, ...unit }) => ({
        ...unit,
        sip_accounts: await Promise.all((sip_accounts as unknown as AccountRow[]).map((row) => readAccount(supabase, row))),
      }));
      return (await Promise.all(units)).sort((a, b) => natural.compare(a.number, b.number));
    },
    interval: (units) => accountInterval(units?.flatMap((unit) => unit.sip_accounts ?? []), syncIsLive, accountsAreLive),
  });
  return { ...result, data: result.data?.map((unit) => ({ ...unit, sip_accounts: pending(unit.sip_accounts ?? []) })) } as typeof result;
}

export function useCreateUnit(): UseMutationResult<IntercomUnit, Error, UnitInsert> {
  const { supabase } = useIntercom();
  return useChange({
    name: 'create-unit',
    run: (unit) => createOnce('units', unit, (id) => insertOnce<IntercomUnit>(
      () => supabase.from('units').insert({ ...unit, id }).select(),
      () => supabase.from('units').select().eq('id', id),
    )),
    said: ({ number }) => `Logement ${number} créé.`,
  });
}

export function useUpdateUnit(): UseMutationResult<IntercomUnit, Error, UnitUpdate> {
  const { supabase } = useIntercom();
  return useChange<IntercomUnit, UnitUpdate>({
    name: 'update-unit',
    run: ({ id, ...changes }) => insistently(() => askOne(supabase.from('units').update(changes).eq('id', id).select())),
    said: ({ number }) => `Logement ${number} enregistré.`,
  });
}

/** With its accounts and rules. */
export function useDeleteUnit(): UseMutationResult<void, Error, string> {
  const { supabase } = useIntercom();
  return useChange({
    name: 'delete-unit',
    run: async (id) => void (await insistently(() => ask(supabase.from('units').delete().eq('id', id)))),
    said: () => 'Logement supprimé.',
  });
}

/** Whether Kamailio has a flat's call rules as they are here. */
export function useUnitSync(unitId: string): UseQueryResult<UnitSync | null, Error> {
  const { supabase } = useIntercom();
  const live = useIsLive('unit_sync');
  return useReading({
    key: intercomKeys.unitSync(unitId),
    read: async (signal) => {
      const sync = await askMaybe(supabase.from('unit_sync').select().eq('unit_id', unitId), signal);
      return sync && ((await explain(supabase, sync)) as UnitSync);
    },
    interval: (sync) => accountInterval(sync ? [{ sync }] : [], live, live),
  });
}
