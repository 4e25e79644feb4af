// Why an account is not in Kamailio, in French whatever language the browser asks for: the database knows the sentence
// of each code.
import type { SupabaseClient } from '@supabase/supabase-js';
import type { Database } from './database.types';
import { ask } from './requests';

interface Explained {
  error_code: string | null;
  last_error: string | null;
}

const sentences = new Map<string, Promise<string | null>>();

export async function explain<T extends Explained>(supabase: SupabaseClient<Database>, sync: T): Promise<T> {
  if (sync.error_code === null) return sync;
  return { ...sync, last_error: (await sentenceOf(supabase, sync.error_code)) ?? sync.last_error };
}

function sentenceOf(supabase: SupabaseClient<Database>, code: string): Promise<string | null> {
  const known = sentences.get(code);
  if (known) return known;
  const asked = ask<string | null>(supabase.rpc('intercom_explanation', { p_code: code, p_language: 'fr' })).catch(() => {
    // The sync's own sentence does for now.
    sentences.delete(code);
    return null;
  });
  sentences.set(code, asked);
  return asked;
}
