// Why an account or a flat is not in Kamailio, in French whatever language the browser asks for: the database knows the
// sentence of each code, and puts in which call rule it is about.
import type { SupabaseClient } from '@supabase/supabase-js';
import type { Database } from './database.types';
import { ask } from './requests';

interface Explained {
  error_code: string | null;
  error_about?: string | null;
  last_error: string | null;
}

const sentences = new Map<string, Promise<string | null>>();

export async function explain<T extends Explained>(supabase: SupabaseClient<Database>, sync: T): Promise<T> {
  if (sync.error_code === null) return sync;
  return { ...sync, last_error: (await sentenceOf(supabase, sync.error_code, sync.error_about ?? null)) ?? sync.last_error };
}

function sentenceOf(supabase: SupabaseClient<Database>, code: string, about: string | null): Promise<string | null> {
  const key = JSON.stringify([code, about]);
  const known = sentences.get(key);
  if (known) return known;
  const question = { p_code: code, p_language: 'fr', ...(about === null ? {} : { p_about: about }) };
  const asked = ask<string | null>(supabase.rpc('intercom_explanation', question)).catch(() => {
    // The sync's own sentence does for now.
    sentences.delete(key);
    return null;
  });
  sentences.set(key, asked);
  return asked;
}
