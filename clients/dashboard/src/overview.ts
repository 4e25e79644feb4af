import { useQueryClient, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query';
import { toast } from 'sonner';
import { useChange } from './changes';
import { intercomKeys } from './keys';
import { LIVE_MS, POLL_MS, useReading } from './queries';
import { useIntercom, useIsLive } from './provider';
import { ask, askOne, insistently } from './requests';
import type { ActivityLog, AmbiguousNumber, IntercomDashboardStats, KamailioStatus, KamailioSyncResult } from './types';

/** Counts of the signed-in user's. */
export function useIntercomStats(): UseQueryResult<IntercomDashboardStats, Error> {
  const { supabase } = useIntercom();
  return useReading({ key: intercomKeys.stats, read: (signal) => askOne(supabase.rpc('get_intercom_stats'), signal) });
}

export interface ActivityFilter {
  siteId?: string;
  unitId?: string;
  accountId?: string;
  /** The newest so many; 50. */
  limit?: number;
}

/** What happened, newest first. */
export function useActivityLog({ siteId, unitId, accountId, limit = 50 }: ActivityFilter = {}): UseQueryResult<ActivityLog[], Error> {
  const { supabase } = useIntercom();
  const live = useIsLive('intercom_activity_logs');
  return useReading({
    key: intercomKeys.activity({ siteId, unitId, accountId, limit }),
    read: (signal) => {
      // All sites at once is a question of its own: without a filter, everybody's log would be gone through for the own rows.
      if (!siteId && !unitId && !accountId) return ask(supabase.rpc('latest_activity', { p_limit: limit }), signal) as Promise<ActivityLog[]>;
      let rows = supabase.from('intercom_activity_logs').select();
      if (siteId) rows = rows.eq('site_id', siteId);
      if (unitId) rows = rows.eq('unit_id', unitId);
      if (accountId) rows = rows.eq('sip_account_id', accountId);
      return ask(rows.order('created_at', { ascending: false }).order('id').limit(limit), signal) as Promise<ActivityLog[]>;
    },
    interval: () => (live ? LIVE_MS : POLL_MS),
  });
}

/** Whether Kamailio answers, measured by the backend at this moment. */
export function useKamailioStatus(): UseQueryResult<KamailioStatus, Error> {
  const { kamailio } = useIntercom();
  return useReading({ key: intercomKeys.kamailioStatus, read: (signal) => kamailio.checkStatus(signal) });
}

/** Numbers that ring nobody, because two flats fit equally well. */
export function useAmbiguousNumbers(): UseQueryResult<AmbiguousNumber[], Error> {
  const { supabase } = useIntercom();
  return useReading({ key: intercomKeys.ambiguousNumbers, read: (signal) => ask(supabase.rpc('ambiguous_numbers'), signal) });
}

/** Compares everything of the user's with Kamailio and repairs what differs. */
export function useSyncKamailio(): UseMutationResult<KamailioSyncResult, Error, void> {
  const { kamailio } = useIntercom();
  const queries = useQueryClient();
  return useChange<KamailioSyncResult, void>({
    name: 'sync-kamailio',
    run: async () => {
      const { credentials: _, ...result } = await insistently(() => kamailio.syncAll());
      void queries.invalidateQueries({ queryKey: intercomKeys.kamailioStatus });
      for (const error of result.errors) toast.error(error, { id: error });
      for (const warning of result.warnings) toast.warning(warning, { id: warning });
      return result;
    },
    said: (result) => (result.success ? summaryOf(result) : null),
  });
}

function summaryOf({ accounts_created, accounts_updated, accounts_deleted }: KamailioSyncResult): string {
  const parts = [[accounts_created, 'créé'], [accounts_updated, 'modifié'], [accounts_deleted, 'supprimé']] as const;
  const done = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}${count > 1 ? 's' : ''}`);
  return done.length ? `Kamailio synchronisé : ${done.join(', ')}.` : 'Kamailio est à jour.';
}
