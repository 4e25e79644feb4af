// One id for each thing that somebody means to create, made in the browser before anything is sent: a second click, a
// retry after a lost answer and the same form sent again after a reload all carry it, and make one row.
import { isUnanswered } from './errors';

const PREFIX = 'intercom-draft:';
// Longer than a reload takes. The same form sent later is a new wish.
const KEPT_MS = 5 * 60_000;

const underWay = new Map<string, Promise<unknown>>();

/**
 * @param draft What is to be created; with an `id` it is a draft of its own, whatever else it says.
 * @param create `resumed`: the id is from before a reload, or from an attempt that the user saw fail.
 */
export async function createOnce<T>(table: string, draft: { id?: string }, create: (id: string, resumed: boolean) => Promise<T>): Promise<T> {
  const key = PREFIX + (await digestOf(draft.id ? [table, draft.id] : [table, ...Object.entries(draft).sort()]));
  const running = underWay.get(key);
  if (running) return running as Promise<T>;
  const remembered = draft.id ?? recall(key);
  const id = remembered ?? crypto.randomUUID();
  const created = run(key, id, () => create(id, remembered !== null));
  underWay.set(key, created);
  return created.finally(() => underWay.delete(key));
}

async function run<T>(key: string, id: string, create: () => Promise<T>): Promise<T> {
  keep(key, id);
  try {
    const created = await create();
    forget(key);
    return created;
  } catch (error) {
    // Nobody knows whether the row exists: the next attempt must carry the same id.
    if (!isUnanswered(error)) forget(key);
    throw error;
  }
}

/** Of a user who signs out. */
export function forgetDrafts(): void {
  for (const key of keys()) forget(key);
}

/** Of a row that people have dealt with since: what is created next is another one, even if it says the same. */
export function forgetDraftsOf(id: string): void {
  for (const key of keys()) if (recall(key) === id) forget(key);
}

// Only a digest is kept: drafts name people.
async function digestOf(value: unknown): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(value)));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function recall(key: string): string | null {
  const [id, since] = (sessionStorage.getItem(key) ?? '').split(' ');
  return id && Date.now() - Number(since) < KEPT_MS ? id : null;
}

const keep = (key: string, id: string) => sessionStorage.setItem(key, `${id} ${Date.now()}`);
const forget = (key: string) => sessionStorage.removeItem(key);
const keys = () => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
