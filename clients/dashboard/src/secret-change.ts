// A change that takes or gives a secret: a password, or a link that gives one. TanStack keeps a mutation's variables and
// result as long as its component is on the page: the secret is in neither. It passes beside them and is handed to the
// caller, once.
import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { useCallback } from 'react';
import { readAgain, tellFailure } from './changes';
import { intercomKeys } from './keys';

/** What may be kept, and what only the caller gets. */
export interface Handed<Kept, Secret> {
  kept: Kept;
  secret: Secret;
}

type Open<Variables> = Omit<Variables, 'password'>;

interface SecretChange<Variables, Kept, Secret> {
  name: string;
  run(variables: Open<Variables>, password: string | undefined): Promise<Handed<Kept, Secret>>;
  /** In toasts. */
  tell(kept: Kept, secret: Secret): void;
}

interface Callbacks<Variables, Result> {
  onSuccess?: (result: Result, variables: Variables) => void;
  onError?: (error: Error, variables: Variables) => void;
  onSettled?: () => void;
}

/** As TanStack's; only `mutate` and `mutateAsync` know the secret, and `data` does not. */
export type SecretMutation<Variables, Kept, Secret> = Omit<UseMutationResult<Kept, Error, Open<Variables>>, 'mutate' | 'mutateAsync'> & {
  mutate: (variables: Variables, callbacks?: Callbacks<Variables, Kept & Secret>) => void;
  mutateAsync: (variables: Variables, callbacks?: Callbacks<Variables, Kept & Secret>) => Promise<Kept & Secret>;
};

// By the variables' identity, and only while the call lasts.
const passwords = new WeakMap<object, string>();
const handed = new WeakMap<object, unknown>();

export function useSecretChange<Variables extends object, Kept, Secret>({ name, run, tell }: SecretChange<Variables, Kept, Secret>): SecretMutation<Variables, Kept, Secret> {
  const queries = useQueryClient();
  const { mutateAsync: send, ...mutation } = useMutation<Kept, Error, Open<Variables>>({
    mutationKey: [...intercomKeys.all, name],
    mutationFn: async (variables) => {
      const { kept, secret } = await run(variables, passwords.get(variables));
      handed.set(variables, secret);
      return kept;
    },
    onSuccess: (kept, variables) => tell(kept, handed.get(variables) as Secret),
    onError: tellFailure,
    // Not awaited: the caller waits for the secret.
    onSettled: () => void readAgain(queries),
  });

  const mutateAsync = useCallback(async (given: Variables, callbacks: Callbacks<Variables, Kept & Secret> = {}) => {
    const { password, ...variables } = given as Variables & { password?: string };
    if (password) passwords.set(variables, password);
    try {
      const kept = await send(variables);
      const issued = { ...kept, ...(handed.get(variables) as Secret) };
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
  const mutate = useCallback((given: Variables, callbacks?: Callbacks<Variables, Kept & Secret>) => void mutateAsync(given, callbacks).catch(() => {}), [mutateAsync]);
  return { ...mutation, mutate, mutateAsync } as SecretMutation<Variables, Kept, Secret>;
}
