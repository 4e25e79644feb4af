// The backend's actions: POST /api/kamailio-sync, at the function app itself or through the edge function of that name.
import { FunctionsClient } from '@supabase/functions-js';
import { FunctionsFetchError, FunctionsHttpError, FunctionsRelayError, type SupabaseClient } from '@supabase/supabase-js';
import type { Database } from './database.types';
import { IntercomError, signedOut, unanswered } from './errors';
import type { KamailioStatus, KamailioSyncResult, SIPCredentials } from './types';

/** The app waits up to 30 s for Kamailio, the edge function up to 100 s for the app. */
const PATIENCE_MS = 110_000;

export type ActionResult = KamailioSyncResult & { credentials?: SIPCredentials };

export class KamailioSync {
  constructor(private readonly supabase: SupabaseClient<Database>, private readonly functionsUrl: string | undefined) {}

  syncAll = () => this.send<ActionResult>({ action: 'sync_all' });

  checkStatus = (signal?: AbortSignal) => this.send<KamailioStatus>({ action: 'check_status' }, signal);

  /** Issues credentials where the account has none; with a password it gets that one, whatever it had. */
  issue = (account_id: string, password?: string) => this.send<ActionResult>({ action: 'create_account', account_id, password });

  delete = (account_id: string) => this.send<ActionResult>({ action: 'delete_account', account_id });

  private async send<T>(body: Record<string, string | undefined>, signal?: AbortSignal): Promise<T> {
    const functions = await this.functions();
    // The sentences that people read come from there, too.
    const { data, error } = await functions.invoke<T>('kamailio-sync', {
      body, signal, timeout: PATIENCE_MS, headers: { 'Accept-Language': 'fr' },
    });
    if (error) throw await faultOf(error);
    return data as T;
  }

  private async functions(): Promise<FunctionsClient> {
    if (!this.functionsUrl) return this.supabase.functions;
    const { data } = await this.supabase.auth.getSession();
    if (!data.session) throw signedOut(null);
    return new FunctionsClient(this.functionsUrl, { headers: { Authorization: `Bearer ${data.session.access_token}` } });
  }
}

async function faultOf(error: unknown): Promise<IntercomError> {
  if (!(error instanceof FunctionsHttpError)) {
    if (error instanceof FunctionsFetchError || error instanceof FunctionsRelayError) return unanswered(error);
    throw error;
  }
  const { status } = error.context as Response;
  if (status === 401) return signedOut(error);
  if (status === 404) return new IntercomError('gone', 'Ce compte n’existe plus. La liste a été rechargée.', { cause: error });
  if (status === 429 || status >= 500) return unanswered(error);
  return new IntercomError('refused', 'Le serveur refuse cette demande.', { cause: error });
}
