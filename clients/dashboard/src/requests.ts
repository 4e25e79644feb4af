// How rows are read and written: never without an end, and never cut off in silence.
import { gone, IntercomError, isUnanswered, ofDatabase } from './errors';

/** A browser gives up on a silent server after minutes. */
const PATIENCE_MS = 15_000;
const RETRY_AFTER_MS = [400, 1_200, 3_000];
/** After so long somebody who waits wants to know. */
const GIVE_UP_AFTER_MS = 20_000;
/** What a hosted project answers at most, unless it is set to less. */
export const PAGE = 1_000;
/** No project is set to so little. */
const SURELY_ALL = 100;

interface Answer<T> {
  data: T | null;
  error: { message: string; code?: string } | null;
  status: number;
}

/** supabase-js' builders, of which nothing else is needed here. */
interface Request<T> extends PromiseLike<Answer<T>> {
  abortSignal(signal: AbortSignal): PromiseLike<Answer<T>>;
}

export async function ask<T>(request: Request<T>, signal?: AbortSignal): Promise<T> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const { data, error, status } = await request.abortSignal(signal ? AbortSignal.any([signal, patience]) : patience);
  signal?.throwIfAborted();
  if (error) throw ofDatabase({ ...error, status });
  return data as T;
}

/** The one row; a fault of kind `gone` when there is none. */
export async function askOne<T>(request: Request<T[]>, signal?: AbortSignal): Promise<T> {
  const row = await askMaybe(request, signal);
  if (row === null) throw gone(null);
  return row;
}

export async function askMaybe<T>(request: Request<T[]>, signal?: AbortSignal): Promise<T | null> {
  const rows = await ask(request, signal);
  return rows[0] ?? null;
}

/** All rows: a hosted project cuts answers off and doesn't say that there are more. */
export async function askAll<T>(page: (from: number, to: number) => Request<T[]>, signal?: AbortSignal): Promise<T[]> {
  const rows: T[] = [];
  for (;;) {
    const some = await ask(page(rows.length, rows.length + PAGE - 1), signal);
    rows.push(...some);
    if (some.length === 0 || rows.length < SURELY_ALL) return rows;
  }
}

/** For the functions own_units and own_sip_accounts, which list what is the caller's. */
export const pageOf = (from: number, to: number) => ({ p_offset: from, p_limit: to - from + 1 });

/** For what may be asked twice: again and again after an answer that was lost, before the user is told. */
export async function insistently<T>(attempt: () => Promise<T>, giveUpAfterMs = GIVE_UP_AFTER_MS): Promise<T> {
  const until = Date.now() + giveUpAfterMs;
  for (const pause of RETRY_AFTER_MS) {
    try {
      return await attempt();
    } catch (error) {
      if (!isUnanswered(error) || Date.now() + pause > until) throw error;
      await new Promise((resume) => setTimeout(resume, pause));
    }
  }
  return attempt();
}

/**
 * Inserts a row under an id that was made here. An id that is taken is our own row, of an attempt whose answer was
 * lost: it is read and nothing is made.
 */
export async function insertOnce<T>(insert: () => Request<T[]>, read: () => Request<T[]>): Promise<T> {
  return insistently(async () => {
    try {
      return await askOne(insert());
    } catch (error) {
      if (!(error instanceof IntercomError) || !isTaken(error)) throw error;
      const existing = await askMaybe(read());
      if (existing === null) throw error;
      return existing;
    }
  });
}

const isTaken = ({ cause }: IntercomError): boolean => (cause as { code?: string } | null)?.code === '23505';
