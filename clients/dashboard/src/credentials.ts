import type { TablesInsert } from './database.types';
import { createOnce, forgetDraftsOf } from './drafts';
import { isUnanswered } from './errors';
import type { ActionResult, KamailioSync } from './kamailio-sync';
import { newPassword } from './passwords';
import { useIntercom } from './provider';
import { askOne, insertOnce, insistently } from './requests';
import { useSecretChange, type SecretMutation } from './secret-change';
import type { SIPAccount, SIPAccountInsert } from './types';

/** Inserts the account and issues its credentials, which are handed to the caller: `(await mutateAsync(…)).credentials`. */
export function useCreateSIPAccount(): SecretMutation<SIPAccountInsert> {
  const { supabase, kamailio } = useIntercom();
  return useSecretChange<SIPAccountInsert>({
    name: 'create-account',
    run: (insert, password) => createOnce('sip_accounts', insert, async (id, resumed) => {
      const row = await insertOnce(
        // Without a name a trigger makes one, which generated types can't know.
        () => supabase.from('sip_accounts').insert({ ...insert, id } as TablesInsert<'sip_accounts'>).select(),
        () => supabase.from('sip_accounts').select().eq('id', id),
      );
      // Of an attempt before: whoever found the account in the list may have given it a password since.
      return { account: row as SIPAccount, ...(await issue(kamailio, id, password ?? (resumed ? undefined : newPassword()))) };
    }),
    said: ({ username }) => `Compte ${username} créé.`,
  });
}

/** New credentials: the old password is dead, and the device that had it is signed off. */
export function useRekeySIPAccount(): SecretMutation<{ id: string; password?: string }> {
  const { supabase, kamailio } = useIntercom();
  return useSecretChange<{ id: string; password?: string }>({
    name: 'rekey-account',
    run: async ({ id }, password) => {
      forgetDraftsOf(id);
      const account = await askOne(supabase.from('sip_accounts').select().eq('id', id)) as SIPAccount;
      const issued = await issue(kamailio, id, password ?? newPassword());
      return { account, ...issued };
    },
    said: ({ username }) => `Nouveaux identifiants émis pour ${username}.`,
  });
}

/** The password is made here: asked again after a lost answer, the same one is valid, and known. */
async function issue(kamailio: KamailioSync, id: string, password: string | undefined) {
  try {
    const { credentials, errors, warnings } = await insistently(() => kamailio.issue(id, password));
    return { credentials: credentials ?? null, warnings: [...errors, ...warnings] } satisfies { credentials: ActionResult['credentials'] | null; warnings: string[] };
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    return { credentials: null, warnings: ['Le compte existe, mais aucun mot de passe n’a pu être émis. Demandez de nouveaux identifiants plus tard.'] };
  }
}
