// A change that takes or gives a password. TanStack keeps a mutation's variables and result as long as its component is
// on the page: the password is in neither. It passes beside them and is handed to the caller, once.
import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { useCallback } from 'react';
import { toast } from 'sonner';
import { readAgain, tellFailure } from './changes';
import { intercomKeys } from './keys';
import type { SIPAccount, IssuedSIPAccount, SIPCredentials } from './types';

export interface Issued {
  account: SIPAccount;
  credentials: SIPCredentials | null;
  warnings: string[];
}

interface SecretChange<Variables> {
  name: string;
  run(variables: Omit<Variables, 'password'>, password: string | undefined): Promise<Issued>;
  said(account: SIPAccount): string;
}

interface Callbacks<Variables> {
  onSuccess?: (result: IssuedSIPAccount, variables: Variables) => void;
  onError?: (error: Error, variables: Variables) => void;
  onSettled?: () => void;
}

/** As TanStack's; only `mutate` and `mutateAsync` know the credentials, and `data` does not. */
export type SecretMutation<Variables> = Omit<UseMutationResult<SIPAccount, Error, Omit<Variables, 'password'>>, 'mutate' | 'mutateAsync'> & {
  mutate: (variables: Variables, callbacks?: Callbacks<Variables>) => void;
  mutateAsync: (variables: Variables, callbacks?: Callbacks<Variables>) => Promise<IssuedSIPAccount>;
};

// By the variables' identity, and only while the call lasts.
const passwords = new WeakMap<object, string>();
const handed = new WeakMap<object, Omit<Issued, 'account'>>();

export function useSecretChange<Variables extends { password?: string }>({ name, run, said }: SecretChange<Variables>): SecretMutation<Variables> {
  const queries = useQueryClient();
  const { mutateAsync: send, ...mutation } = useMutation<SIPAccount, Error, Omit<Variables, 'password'>>({
    mutationKey: [...intercomKeys.all, name],
    mutationFn: async (variables) => {
      const { account, ...rest } = await run(variables, passwords.get(variables));
      handed.set(variables, rest);
      return account;
    },
    onSuccess: (account, variables) => {
      const { credentials, warnings } = handed.get(variables)!;
      if (credentials) toast.success(said(account), { id: said(account) });
      for (const warning of warnings) toast.warning(warning, { id: warning });
    },
    onError: tellFailure,
    // Not awaited: the caller waits for the password.
    onSettled: () => void readAgain(queries),
  });

  const mutateAsync = useCallback(async (given: Variables, callbacks: Callbacks<Variables> = {}) => {
    const { password, ...variables } = given;
    if (password) passwords.set(variables, password);
    try {
      const account = await send(variables);
      const issued = { ...account, ...handed.get(variables)! };
      callbacks.onSuccess?.(issued, given);
      return issued;
    } catch (error) {
      callbacks.onError?.(error as Error, given);
      throw error;
    } finally {
      passwords.delete(variables);
      handed.delete(variables);
      callbacks.onSettled?.();
    }
  }, [send]);

  // Its failure has been told by the toast, and by onError.
  const mutate = useCallback((given: Variables, callbacks?: Callbacks<Variables>) => void mutateAsync(given, callbacks).catch(() => {}), [mutateAsync]);
  return { ...mutation, mutate, mutateAsync } as SecretMutation<Variables>;
}
