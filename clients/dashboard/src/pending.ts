// Optimistic without a copy of the data: what is being changed is laid over what is read, until it has been read again.
// Nothing has to be put back when a change fails.
import { useMutationState } from '@tanstack/react-query';
import { intercomKeys } from './keys';
import type { SIPAccount } from './types';

type Pending = (accounts: SIPAccount[]) => SIPAccount[];

export function usePending(): Pending {
  const deleted = useVariables<string>('delete-account');
  const switched = useVariables<{ id: string; enabled: boolean }>('switch-account');
  if (deleted.length + switched.length === 0) return (accounts) => accounts;
  const gone = new Set(deleted);
  const enabled = new Map(switched.map((change) => [change.id, change.enabled]));
  return (accounts) => accounts
    .filter(({ id }) => !gone.has(id))
    .map((account) => ({ ...account, enabled: enabled.get(account.id) ?? account.enabled }));
}

function useVariables<T>(name: string): T[] {
  return useMutationState({
    filters: { mutationKey: [...intercomKeys.all, name], status: 'pending' },
    select: ({ state }) => state.variables as T,
  });
}
