// Every failure that a hook shows, as one French sentence that says what to do.

export type FaultKind =
  /** The server may or may not have done what was asked: ask again, with the same id. */
  | 'unanswered'
  /** It was understood and refused. */
  | 'refused'
  /** The row is gone, or was never the user's. */
  | 'gone'
  | 'signed-out';

export class IntercomError extends Error {
  override readonly name = 'IntercomError';

  constructor(readonly kind: FaultKind, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** What PostgREST answers; `status` is 0 when nothing answered at all. */
export interface DatabaseFault {
  status: number;
  code?: string | null;
  message: string;
}

// The sentences of the migrations' triggers and constraints. Hosted PostgREST passes them on as they are.
const sentences: [RegExp, string][] = [
  [/units_building_id_number_key/, 'Ce numéro existe déjà dans ce bâtiment.'],
  [/sip_accounts_username_domain_key/, 'Ce nom d’utilisateur est déjà pris. Choisissez-en un autre.'],
  [/^The user name /, 'Ce nom d’utilisateur n’est pas accepté : de 1 à 64 caractères parmi a-z, 0-9, « . », « _ » et « - ».'],
  [/^The domain /, 'Ce domaine n’est pas accepté : de 1 à 64 caractères parmi a-z, 0-9, « . » et « - ».'],
  [/^The rule has no pattern/, 'Indiquez pour quels appelants la règle vaut : par exemple intercom-*, ou * pour tous.'],
  [/^The pattern has \d+ characters/, 'Le motif est trop long : 255 caractères au plus ; * en remplace autant qu’il faut.'],
  [/looks like a regular expression/, 'Ce motif ressemble à une expression régulière : écrivez * pour plusieurs caractères et ? pour un seul, par exemple intercom-*.'],
  [/^The rule forwards calls but has no target/, 'Indiquez vers quelle adresse renvoyer, par exemple sip:gardien@sip.neolia.app.'],
  [/^The target .* is no SIP address/, 'Cette cible n’est pas une adresse SIP : écrivez sip:nom@domaine, le domaine en minuscules.'],
  [/at most 100 enabled call rules/, 'Un logement peut avoir 100 règles actives au plus : désactivez-en ou supprimez-en d’abord.'],
];

export function ofDatabase(fault: DatabaseFault): IntercomError {
  // @supabase/lite reports what a trigger raises under status 500 and behind its driver's class name.
  const message = fault.message.replace(/^PostgresError: /, '');
  const known = sentences.find(([pattern]) => pattern.test(message));
  if (known) return new IntercomError('refused', known[1], { cause: fault });
  if (fault.status === 401 || fault.code === 'PGRST301' || fault.code === 'PGRST303') return signedOut(fault);
  // Row level security refuses, and foreign keys miss, what was deleted or is somebody else's.
  if (fault.code === '42501' || fault.code === '23503') return gone(fault);
  if (fault.status === 0 || fault.status === 408 || fault.status === 429 || fault.status >= 500) return unanswered(fault);
  return new IntercomError('refused', 'Le serveur refuse ces valeurs. Vérifiez-les.', { cause: fault });
}

export const gone = (cause: unknown) =>
  new IntercomError('gone', 'Cet élément n’existe plus. La liste a été rechargée.', { cause });

export const unanswered = (cause: unknown, sentence = '') =>
  new IntercomError('unanswered', sentence || 'Le serveur ne répond pas. Vérifiez votre connexion et réessayez.', { cause });

export const signedOut = (cause: unknown) =>
  new IntercomError('signed-out', 'Votre session a expiré. Reconnectez-vous.', { cause });

export const isUnanswered = (error: unknown): boolean => error instanceof IntercomError && error.kind === 'unanswered';

export const sentenceOf = (error: unknown): string =>
  error instanceof IntercomError ? error.message : 'Une erreur inattendue s’est produite. Réessayez.';
