import type { SupabaseClient } from '@supabase/supabase-js';
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { Database } from './database.types';
import { forgetDrafts } from './drafts';
import { KamailioSync } from './kamailio-sync';
import { intercomKeys } from './keys';
import { defaultLiveTables, LiveTables, type LiveTable } from './live';

interface Intercom {
  supabase: SupabaseClient<Database>;
  kamailio: KamailioSync;
  live: LiveTables;
  /** Null while nobody is signed in: nothing is asked then. */
  userId: string | null;
}

const Context = createContext<Intercom | null>(null);

export interface IntercomProviderProps {
  /** The dashboard's own client. */
  supabase: SupabaseClient<Database>;
  /** `https://HOST/api` of the function app; without it actions go through the edge function `kamailio-sync`. */
  functionsUrl?: string;
  /** Tables in the publication `supabase_realtime`; more of them mean less polling. */
  liveTables?: readonly LiveTable[];
  children: ReactNode;
}

/** Around whatever uses the hooks, and inside the dashboard's QueryClientProvider. */
export function IntercomProvider({ supabase, functionsUrl, liveTables = defaultLiveTables, children }: IntercomProviderProps) {
  const queries = useQueryClient();
  const userId = useUser(supabase, queries);
  const tables = liveTables.join();
  const intercom = useMemo<Intercom>(() => ({
    supabase,
    kamailio: new KamailioSync(supabase, functionsUrl),
    live: new LiveTables(supabase, tables.split(',').filter(Boolean) as LiveTable[], (table) => lookAgain(queries, table)),
    userId,
  }), [supabase, functionsUrl, tables, queries, userId]);

  useEffect(() => {
    if (userId === null) return;
    intercom.live.start();
    return () => intercom.live.stop();
  }, [intercom, userId]);

  return <Context.Provider value={intercom}>{children}</Context.Provider>;
}

export function useIntercom(): Intercom {
  const intercom = useContext(Context);
  if (!intercom) throw new Error('The intercom hooks need an <IntercomProvider> above them.');
  return intercom;
}

export function useIsLive(table: LiveTable): boolean {
  const { live } = useIntercom();
  return useSyncExternalStore(live.subscribe, () => live.isLive(table));
}

function useUser(supabase: SupabaseClient<Database>, queries: QueryClient): string | null {
  const [userId, setUserId] = useState<string | null>(null);
  useEffect(() => {
    const { data } = supabase.auth.onAuthStateChange((_, session) => setUserId(session?.user.id ?? null));
    return () => data.subscription.unsubscribe();
  }, [supabase]);

  // What one user saw and wrote is gone before the next one looks. In an effect, when the hooks below have let go of it:
  // a query that is removed before lives on in its own timer for minutes.
  useEffect(() => () => {
    if (userId === null) return;
    forgetDrafts();
    queueMicrotask(() => forgetUser(queries, userId));
  }, [queries, userId]);
  return userId;
}

function forgetUser(queries: QueryClient, userId: string): void {
  queries.removeQueries({ queryKey: intercomKeys.all, predicate: ({ queryKey }) => (queryKey.at(-1) as { userId?: string }).userId === userId });
  const mutations = queries.getMutationCache();
  for (const mutation of mutations.findAll({ mutationKey: intercomKeys.all })) mutations.remove(mutation);
}

const affected: Record<LiveTable, readonly (readonly unknown[])[]> = {
  sip_account_sync: [intercomKeys.sipAccounts(), intercomKeys.units()],
  sip_accounts: [intercomKeys.sipAccounts(), intercomKeys.units(), intercomKeys.stats],
  unit_sync: [intercomKeys.unitSync()],
  sites: [intercomKeys.sites, intercomKeys.stats],
  intercom_activity_logs: [intercomKeys.activity()],
};

function lookAgain(queries: QueryClient, table: LiveTable): boolean {
  if (affected[table].some((queryKey) => queries.isFetching({ queryKey }) > 0)) return false;
  for (const queryKey of affected[table]) void queries.invalidateQueries({ queryKey });
  return true;
}
