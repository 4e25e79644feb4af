import { toast } from 'sonner';
import type { TablesInsert } from './database.types';
import { createOnce, forgetDraftsOf } from './drafts';
import { isUnanswered, sentenceOf } from './errors';
import type { KamailioSync } from './kamailio-sync';
import { newPassword } from './passwords';
import { useIntercom } from './provider';
import { askOne, insertOnce, insistently } from './requests';
import { useSecretChange, type Handed, type SecretMutation } from './secret-change';
import type { IssuedSIPAccount, SIPAccount, SIPAccountInsert } from './types';

/** The backend waits for Kamailio; the account is there meanwhile. */
const ISSUING_MS = 120_000;

type Issued = Pick<IssuedSIPAccount, 'credentials' | 'warnings'>;
type CredentialsMutation<Variables> = SecretMutation<Variables, SIPAccount, Issued>;

/** Inserts the account and issues its credentials, which are handed to the caller: `(await mutateAsync(…)).credentials`. */
export function useCreateSIPAccount(): CredentialsMutation<SIPAccountInsert> {
  const { supabase, kamailio } = useIntercom();
  return useSecretChange<SIPAccountInsert, SIPAccount, Issued>({
    name: 'create-account',
    run: (insert, password) => createOnce('sip_accounts', insert, async (id, resumed) => {
      const row = await insertOnce(
        // Without a name a trigger makes one, which generated types can't know.
        () => supabase.from('sip_accounts').insert({ ...insert, id } as TablesInsert<'sip_accounts'>).select(),
        () => supabase.from('sip_accounts').select().eq('id', id),
      );
      // Of an attempt before: whoever found the account in the list may have given it a password since.
      const secret = await issue(kamailio, id, password ?? (resumed ? undefined : newPassword())).catch(withoutPassword);
      return { kept: row as SIPAccount, secret };
    }),
    tell: ({ username }, issued) => tell(`Compte ${username} créé.`, issued),
  });
}

const underWay = new Map<string, Promise<Handed<SIPAccount, Issued>>>();

/** New credentials: the old password is dead, and the device that had it is signed off. */
export function useRekeySIPAccount(): CredentialsMutation<{ id: string; password?: string }> {
  const { supabase, kamailio } = useIntercom();
  const rekey = async (id: string, password: string): Promise<Handed<SIPAccount, Issued>> => {
    const kept = await askOne(supabase.from('sip_accounts').select().eq('id', id)) as SIPAccount;
    try {
      return { kept, secret: await issue(kamailio, id, password) };
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      return { kept, secret: { credentials: null, warnings: ['On ne sait pas si les identifiants ont été remplacés : l’ancien mot de passe ne vaut peut-être plus. Émettez-en de nouveaux.'] } };
    }
  };
  return useSecretChange<{ id: string; password?: string }, SIPAccount, Issued>({
    name: 'rekey-account',
    run: ({ id }, password) => {
      forgetDraftsOf(id);
      if (password) return rekey(id, password);
      // Two clicks are one wish: of two passwords only one would be valid.
      const running = underWay.get(id) ?? rekey(id, newPassword()).finally(() => underWay.delete(id));
      underWay.set(id, running);
      return running;
    },
    tell: ({ username }, issued) => tell(`Nouveaux identifiants émis pour ${username}.`, issued),
  });
}

/** The password is made here: asked again after a lost answer, the same one is valid, and known. */
async function issue(kamailio: KamailioSync, id: string, password: string | undefined): Promise<Issued> {
  const { credentials, errors, warnings } = await insistently(() => kamailio.issue(id, password), ISSUING_MS);
  return { credentials: credentials ?? null, warnings: [...errors, ...warnings] };
}

// The account is there: a failure now must not look as if it were not, or the next attempt would make another one.
function withoutPassword(error: unknown): Issued {
  const why = isUnanswered(error) ? [] : [sentenceOf(error)];
  return { credentials: null, warnings: [...why, 'Le compte existe, mais aucun mot de passe n’a pu être émis. Demandez de nouveaux identifiants plus tard.'] };
}

function tell(done: string, { credentials, warnings }: Issued): void {
  if (credentials) toast.success(done, { id: done });
  for (const warning of warnings) toast.warning(warning, { id: warning });
}
