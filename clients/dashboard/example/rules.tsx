import { useState } from 'react';
import { useCallRules, useCreateCallRule, useDeleteCallRule, useUnitSync, useUpdateCallRule, type CallRule, type CallRuleAction } from '../src';
import { Buttons, FormDialog, Pill, Shown, type Field, type Values } from './ui';

const actions = [['ring', 'Sonner'], ['forward', 'Renvoyer'], ['voicemail', 'Messagerie'], ['reject', 'Refuser']] as const;

export function RuleList({ unitId }: { unitId: string }) {
  const [adding, setAdding] = useState(false);
  const rules = useCallRules(unitId);
  const sync = useUnitSync(unitId);
  const create = useCreateCallRule();
  return (
    <section aria-label="Règles d’appel">
      <div className="row">
        <h3 className="grow">Règles d’appel</h3>
        {sync.data && sync.data.state !== 'synced' && <Pill tone={sync.data.state === 'failed' ? 'bad' : 'wait'}>{sync.data.state === 'failed' ? 'Échec' : 'En attente'}</Pill>}
      </div>
      {sync.data?.last_error && <p className="failure">{sync.data.last_error}</p>}
      <Shown query={rules} empty="Aucune règle : les appels de la résidence sonnent, les autres sont refusés.">{(all) => <ul className="cards">{all.map((rule) => <RuleCard key={rule.id} rule={rule} />)}</ul>}</Shown>
      <Buttons><button onClick={() => setAdding(true)}>Ajouter une règle</button></Buttons>
      {adding && (
        <FormDialog title="Nouvelle règle" submit="Créer" fields={ruleFields()} onClose={() => setAdding(false)}
          onSubmit={(values) => create.mutateAsync({ unit_id: unitId, ...ruleOf(values) })} />
      )}
    </section>
  );
}

function RuleCard({ rule }: { rule: CallRule }) {
  const [editing, setEditing] = useState(false);
  const [update, remove] = [useUpdateCallRule(), useDeleteCallRule()];
  return (
    <li className="card" role="group" aria-label={rule.name}>
      <span className="row"><strong className="grow">{rule.name}</strong><Pill tone={rule.enabled ? 'good' : 'quiet'}>{rule.enabled ? 'Active' : 'Inactive'}</Pill></span>
      <span className="muted">
        <code>{rule.source_pattern}</code> : {actions.find(([action]) => action === rule.action)?.[1].toLowerCase()}
        {rule.target_sip_uri && <> vers <code>{rule.target_sip_uri}</code></>}, priorité {rule.priority}
      </span>
      <Buttons>
        <button onClick={() => update.mutate({ id: rule.id, enabled: !rule.enabled })}>{rule.enabled ? 'Désactiver' : 'Activer'}</button>
        <button onClick={() => setEditing(true)}>Modifier</button>
        <button className="danger" onClick={() => remove.mutate(rule.id)}>Supprimer</button>
      </Buttons>
      {editing && (
        <FormDialog title="Modifier la règle" submit="Enregistrer" fields={ruleFields(rule)} onClose={() => setEditing(false)}
          onSubmit={(values) => update.mutateAsync({ id: rule.id, ...ruleOf(values) })} />
      )}
    </li>
  );
}

const ruleFields = (rule?: CallRule): readonly Field[] => [
  { name: 'name', label: 'Nom', required: true, initial: rule?.name },
  { name: 'source_pattern', label: 'Appelants', required: true, initial: rule?.source_pattern, placeholder: 'intercom-*' },
  { name: 'action', label: 'Action', options: actions, initial: rule?.action },
  { name: 'target_sip_uri', label: 'Cible', initial: rule?.target_sip_uri, placeholder: 'sip:gardien@sip.neolia.app' },
  { name: 'priority', label: 'Priorité', type: 'number', initial: rule?.priority ?? 0 },
];

const ruleOf = ({ name, source_pattern, action, target_sip_uri, priority }: Values) => ({
  name: name!, source_pattern: source_pattern!, action: action as CallRuleAction, target_sip_uri: target_sip_uri || null, priority: Number(priority) || 0,
});
