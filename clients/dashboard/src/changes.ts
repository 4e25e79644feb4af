import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { toast } from 'sonner';
import { sentenceOf } from './errors';
import { intercomKeys } from './keys';

interface Change<Result, Variables> {
  /** Names the change in the mutation cache. */
  name: string;
  run(variables: Variables): Promise<Result>;
  /** The toast's sentence; null for none. */
  said?(result: Result, variables: Variables): string | null;
  /** Shown at once by usePending…; stays so until the lists are read again, and one after the other. */
  optimistic?: boolean;
}

/** A change of rows: told in a toast, and everything on the page is read again, whatever became of it. */
export function useChange<Result, Variables>({ name, run, said, optimistic }: Change<Result, Variables>): UseMutationResult<Result, Error, Variables> {
  const queries = useQueryClient();
  return useMutation<Result, Error, Variables>({
    mutationKey: [...intercomKeys.all, name],
    mutationFn: run,
    ...(optimistic ? { scope: { id: `intercom-${name}` } } : {}),
    onSuccess: (result, variables) => {
      const sentence = said?.(result, variables);
      // The sentence is the id: a second click says nothing twice.
      if (sentence) toast.success(sentence, { id: sentence });
    },
    onError: tellFailure,
    onSettled: () => {
      const read = queries.invalidateQueries({ queryKey: intercomKeys.all });
      return optimistic ? read : undefined;
    },
  });
}

export function tellFailure(error: unknown): void {
  const sentence = sentenceOf(error);
  toast.error(sentence, { id: sentence });
}
