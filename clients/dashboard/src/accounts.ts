import type { SupabaseClient } from '@supabase/supabase-js';
import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import { toast } from 'sonner';
import { useChange } from './changes';
import type { Database } from './database.types';
import { isUnanswered } from './errors';
import { explain } from './explanations';
import { intercomKeys } from './keys';
import { usePending } from './pending';
import { LIVE_MS, POLL_MS, UNSETTLED_MS, useReading } from './queries';
import { useIntercom, useIsLive } from './provider';
import { ask, askAll, askOne, insistently, PAGE, pageOf } from './requests';
import type { SIPAccount, SIPAccountSync, SIPAccountUpdate, SyncState } from './types';

/** An account and, over the function `sync`, its state. */
export const withSync = '*, sync(*)';

export type AccountRow = Omit<SIPAccount, 'sync'> & { password_hash?: unknown; sync: SIPAccountSync | SIPAccountSync[] | null };

export async function readAccount(supabase: SupabaseClient<Database>, { password_hash: _, sync, ...account }: AccountRow): Promise<SIPAccount> {
  const state = Array.isArray(sync) ? sync[0] : sync;
  return { ...account, sync: state ? await explain(supabase, state) : null };
}

/** How soon to look again: often while something is on its way and nobody tells. */
export function accountInterval(shown: { sync?: { state: SyncState; updated_at: string } | null }[] | undefined, syncIsLive: boolean, allIsLive: boolean): number {
  if (!syncIsLive && shown && shown.length < PAGE && shown.some(({ sync }) => sync?.state === 'pending' && isRecent(sync.updated_at))) return UNSETTLED_MS;
  return allIsLive ? LIVE_MS : POLL_MS;
}

// What takes longer has a reason, and nobody sits waiting for it.
const isRecent = (at: string): boolean => Math.abs(Date.now() - Date.parse(at)) < 60_000;

/** The accounts of one flat, or all, each with its state in Kamailio (`sync`). */
export function useSIPAccounts(unitId?: string): UseQueryResult<SIPAccount[], Error> {
  const { supabase } = useIntercom();
  const pending = usePending();
  const [syncIsLive, accountsAreLive] = [useIsLive('sip_account_sync'), useIsLive('sip_accounts')];
  const result = useReading({
    key: intercomKeys.sipAccounts(unitId),
    read: async (signal) => {
      const rows = await askAll((from, to) => {
        const some = unitId
          ? supabase.from('sip_accounts').select(withSync).eq('unit_id', unitId).range(from, to)
          : supabase.rpc('own_sip_accounts', pageOf(from, to)).select(withSync);
        return some.order('created_at').order('id');
      }, signal);
      return Promise.all((rows as unknown as AccountRow[]).map((row) => readAccount(supabase, row)));
    },
    interval: (accounts) => accountInterval(accounts, syncIsLive, accountsAreLive),
  });
  return { ...result, data: result.data && pending(result.data) } as typeof result;
}

/** A new name signs the device off and needs new credentials: useRekeySIPAccount. */
export function useUpdateSIPAccount(): UseMutationResult<SIPAccount, Error, SIPAccountUpdate> {
  const { supabase } = useIntercom();
  return useChange<SIPAccount, SIPAccountUpdate>({
    name: 'update-account',
    run: ({ id, ...changes }) => insistently(() => askOne(supabase.from('sip_accounts').update(changes).eq('id', id).select())) as Promise<SIPAccount>,
    said: ({ username }) => `Compte ${username} enregistré.`,
  });
}

/** A disabled account keeps its credentials; its device is signed off and can't register. Shown at once. */
export function useSetSIPAccountEnabled(): UseMutationResult<void, Error, { id: string; enabled: boolean }> {
  const { supabase } = useIntercom();
  return useChange({
    name: 'switch-account',
    optimistic: true,
    run: ({ id, enabled }) => inTurn(id, async () =>
      void (await insistently(() => askOne(supabase.from('sip_accounts').update({ enabled }).eq('id', id).select('id'))))),
    said: (_, { enabled }) => (enabled ? 'Compte activé.' : 'Compte désactivé.'),
  });
}

/** Deletes the account and sees to it that its device is cut off. Gone from the lists at once. */
export function useDeleteSIPAccount(): UseMutationResult<void, Error, string> {
  const { supabase, kamailio } = useIntercom();
  return useChange({
    name: 'delete-account',
    optimistic: true,
    run: async (id) => {
      try {
        const { errors } = await kamailio.delete(id);
        for (const error of errors) toast.warning(error, { id: error });
      } catch (error) {
        if (!isUnanswered(error)) throw error;
        // Deleting the row is enough, and works without the app: it is brought to Kamailio when that is possible.
        await insistently(() => ask(supabase.from('sip_accounts').delete().eq('id', id)));
        toast.warning('L’appareil sera déconnecté dès que le serveur téléphonique répondra.', { id: `intercom-cut-off-${id}` });
      }
    },
    said: () => 'Compte supprimé.',
  });
}

const turns = new Map<string, Promise<unknown>>();

/** Switched off and on again at once: the last click must win, and answers overtake each other. */
function inTurn<T>(id: string, run: () => Promise<T>): Promise<T> {
  const mine = (turns.get(id) ?? Promise.resolve()).then(run, run);
  const done = mine.catch(() => {}).then(() => {
    if (turns.get(id) === done) turns.delete(id);
  });
  turns.set(id, done);
  return mine;
}
