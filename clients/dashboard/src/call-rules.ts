import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import { useChange } from './changes';
import { createOnce } from './drafts';
import { intercomKeys } from './keys';
import { useReading } from './queries';
import { useIntercom } from './provider';
import { ask, askAll, askOne, insertOnce, insistently } from './requests';
import type { CallRule, CallRuleInsert, CallRuleUpdate } from './types';

/** Of one flat, or all; in the order in which Kamailio tries them. */
export function useCallRules(unitId?: string): UseQueryResult<CallRule[], Error> {
  const { supabase } = useIntercom();
  return useReading({
    key: intercomKeys.callRules(unitId),
    read: (signal) => askAll((from, to) => {
      const rows = supabase.from('call_rules').select();
      return (unitId ? rows.eq('unit_id', unitId) : rows).order('priority', { ascending: false }).order('id').range(from, to);
    }, signal) as Promise<CallRule[]>,
  });
}

export function useCreateCallRule(): UseMutationResult<CallRule, Error, CallRuleInsert> {
  const { supabase } = useIntercom();
  return useChange({
    name: 'create-rule',
    run: (rule) => createOnce('call_rules', rule, (id) => insertOnce(
      () => supabase.from('call_rules').insert({ ...rule, id }).select(),
      () => supabase.from('call_rules').select().eq('id', id),
    )) as Promise<CallRule>,
    said: ({ name }) => `Règle « ${name} » créée.`,
  });
}

export function useUpdateCallRule(): UseMutationResult<CallRule, Error, CallRuleUpdate> {
  const { supabase } = useIntercom();
  return useChange({
    name: 'update-rule',
    run: ({ id, ...changes }) => insistently(() => askOne(supabase.from('call_rules').update(changes).eq('id', id).select())) as Promise<CallRule>,
    said: ({ name }) => `Règle « ${name} » enregistrée.`,
  });
}

export function useDeleteCallRule(): UseMutationResult<void, Error, string> {
  const { supabase } = useIntercom();
  return useChange({
    name: 'delete-rule',
    run: async (id) => void (await insistently(() => ask(supabase.from('call_rules').delete().eq('id', id)))),
    said: () => 'Règle supprimée.',
  });
}
