import { useMutation, useQueryClient, type QueryClient, type QueryKey, type UseMutationResult } from '@tanstack/react-query';
import { toast } from 'sonner';
import { forgetDraftsOf } from './drafts';
import { sentenceOf } from './errors';
import { intercomKeys } from './keys';

interface Change<Result, Variables> {
  /** Names the change in the mutation cache. */
  name: string;
  run(variables: Variables): Promise<Result>;
  /** The toast's sentence; null for none. */
  said?(result: Result, variables: Variables): string | null;
  /** Laid over the lists by usePending until they have been read again. */
  optimistic?: boolean;
}

/** A change of rows: told in a toast, and everything on the page is read again, whatever became of it. */
export function useChange<Result, Variables>({ name, run, said, optimistic }: Change<Result, Variables>): UseMutationResult<Result, Error, Variables> {
  const queries = useQueryClient();
  return useMutation<Result, Error, Variables>({
    mutationKey: [...intercomKeys.all, name],
    mutationFn: (variables) => {
      const id = typeof variables === 'string' ? variables : (variables as { id?: string } | undefined)?.id;
      if (id && !name.startsWith('create-')) forgetDraftsOf(id);
      return run(variables);
    },
    onSuccess: (result, variables) => {
      const sentence = said?.(result, variables);
      // The sentence is the id: a second click says nothing twice.
      if (sentence) toast.success(sentence, { id: sentence });
    },
    onError: tellFailure,
    onSettled: () => {
      const read = readAgain(queries);
      return optimistic ? read : undefined;
    },
  });
}

/** Everything on the page; done when the accounts have been read. Asking Kamailio how it is takes long and is not part of it. */
export async function readAgain(queries: QueryClient): Promise<void> {
  const lists: QueryKey[] = [intercomKeys.sipAccounts(), intercomKeys.units()];
  const isOf = (key: QueryKey, prefix: QueryKey) => key[1] === prefix[1];
  void queries.invalidateQueries({
    queryKey: intercomKeys.all,
    predicate: ({ queryKey }) => ![...lists, intercomKeys.kamailioStatus].some((prefix) => isOf(queryKey, prefix)),
  });
  await Promise.all(lists.map((queryKey) => queries.invalidateQueries({ queryKey })));
}

export function tellFailure(error: unknown): void {
  const sentence = sentenceOf(error);
  toast.error(sentence, { id: sentence });
}
