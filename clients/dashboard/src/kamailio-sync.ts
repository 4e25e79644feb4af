// The backend's actions: POST /api/kamailio-sync, at the function app itself or through the edge function of that name;
// links for devices at the function app only.
import type { SupabaseClient } from '@supabase/supabase-js';
import type { Database } from './database.types';
import { gone, IntercomError, signedOut, unanswered } from './errors';
import type { IssuedEnrolment, KamailioStatus, KamailioSyncResult, SIPCredentials } from './types';

/** The app waits up to 30 s for Kamailio, the edge function up to 100 s for the app. */
const PATIENCE_MS = 110_000;
/** Whoever deletes can go on without the backend. */
const DELETING_MS = 40_000;
/** A link needs no word from Kamailio. */
const ENROLLING_MS = 15_000;

type Body = Record<string, string | number | undefined>;
type Functions = SupabaseClient['functions'];
type FunctionsConstructor = new (url: string, options: { headers: Record<string, string> }) => Functions;

export type ActionResult = KamailioSyncResult & { credentials?: SIPCredentials };

export class KamailioSync {
  constructor(private readonly supabase: SupabaseClient<Database>, private readonly functionsUrl: string | undefined) {}

  syncAll = () => this.send<ActionResult>({ action: 'sync_all' });

  checkStatus = (signal?: AbortSignal) => this.send<KamailioStatus>({ action: 'check_status' }, signal);

  /** Issues credentials where the account has none; with a password it gets that one, whatever it had. */
  issue = (account_id: string, password?: string) => this.send<ActionResult>({ action: 'create_account', account_id, password });

  delete = (account_id: string) => this.send<ActionResult>({ action: 'delete_account', account_id }, undefined, DELETING_MS);

  /** A link by which a device gets the account's credentials, once; the account's other links are dead then. */
  enrol(account_id: string, valid_minutes?: number): Promise<Omit<IssuedEnrolment, 'sip_account_id'>> {
    if (!this.functionsUrl) throw new IntercomError('refused', 'Les codes QR ne sont pas disponibles ici : l’adresse de l’application (functionsUrl) n’est pas configurée.');
    return this.post(`sip-accounts/${account_id}/enrolments`, { valid_minutes }, undefined, ENROLLING_MS);
  }

  private send<T>(body: Body, signal?: AbortSignal, timeout = PATIENCE_MS): Promise<T> {
    return this.post('kamailio-sync', body, signal, timeout);
  }

  private async post<T>(path: string, body: Body, signal: AbortSignal | undefined, timeout: number): Promise<T> {
    const functions = await this.functions();
    // The sentences that people read come from there, too.
    const { data, error } = await functions.invoke<T>(path, {
      body, signal, timeout, headers: { 'Accept-Language': 'fr' },
    });
    if (error) throw await faultOf(error);
    return data as T;
  }

  private async functions(): Promise<Functions> {
    if (!this.functionsUrl) return this.supabase.functions;
    const { data } = await this.supabase.auth.getSession();
    if (!data.session) throw signedOut(null);
    // FunctionsClient of the very version that supabase-js has, which doesn't export it.
    return new (this.supabase.functions.constructor as FunctionsConstructor)(this.functionsUrl, { headers: { Authorization: `Bearer ${data.session.access_token}` } });
  }
}

// By their names: a bundle may hold the classes twice.
async function faultOf(error: Error & { context?: unknown }): Promise<IntercomError> {
  if (error.name === 'FunctionsFetchError' || error.name === 'FunctionsRelayError') return unanswered(error);
  if (error.name !== 'FunctionsHttpError') throw error;
  const response = error.context as Response;
  if (response.status === 401) return signedOut(error);
  // A gateway, or a function that isn't deployed, has its own 403 and 404: they say nothing of the account.
  const sentence = await sentenceIn(response);
  if (sentence === null) return unanswered(error);
  if (response.status === 403 || response.status === 404) return gone(error);
  // What is in the way, in the language that was asked for.
  if (response.status === 429 || response.status >= 500) return unanswered(error, sentence);
  return new IntercomError('refused', sentence || 'Le serveur refuse cette demande.', { cause: error });
}

/** Of the app's own answers, which say what to do; null of all others. */
const sentenceIn = (response: Response): Promise<string | null> =>
  response.json().then((body: { success?: unknown; error?: string } | null) => (body?.success === false ? (body.error ?? '') : null), () => null);
