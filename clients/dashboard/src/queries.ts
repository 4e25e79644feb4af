import { useQuery, type QueryKey, type UseQueryResult } from '@tanstack/react-query';
import { useIntercom } from './provider';

/** How often people look at what nothing tells: registrations come by a timer of half a minute anyway. */
export const POLL_MS = 10_000;
/** While an account is on its way to Kamailio, somebody waits for it. */
export const UNSETTLED_MS = 1_500;
/** Beside Realtime, whose messages may be lost. */
export const LIVE_MS = 60_000;

interface Reading<T> {
  key: QueryKey;
  read(signal: AbortSignal): Promise<T>;
  /** Milliseconds, by what was read last. */
  interval?: (data: T | undefined) => number;
}

/** A query of the signed-in user. supabase-js repeats reads that were not answered; a second repetition on top would only delay the news. */
export function useReading<T>({ key, read, interval = () => POLL_MS }: Reading<T>): UseQueryResult<T, Error> {
  const { userId } = useIntercom();
  return useQuery<T, Error>({
    // The user at the end: no prefix of the dashboard misses it, and nobody is shown what another one read.
    queryKey: [...key, { userId }],
    queryFn: ({ signal }) => read(signal),
    enabled: userId !== null,
    retry: false,
    refetchInterval: ({ state }) => interval(state.data),
  });
}
