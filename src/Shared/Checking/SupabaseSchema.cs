namespace Neolia.Functions.Checking;

/// <summary>What the sync needs in Supabase's database, asked of its catalog. A test holds it against the code and the migrations.</summary>
internal static class SupabaseSchema
{
    /// <summary>No row: all is there. Else what isn't, or, with <c>absent</c> false, what this role may not use.</summary>
    public const string FindFault = """
        select fault.name, fault.absent
        from (
          select w.name, to_regclass(w.name) is null as absent, 1 as rank
          from (values
            ('kamailio_sync.queue', array['select', 'update', 'delete']),
            ('kamailio_sync.credentials', array['select', 'update']),
            ('kamailio_sync.enrolment_tokens', array['select', 'insert']),
            ('kamailio_sync.kamailio_progress', array['select', 'insert', 'update']),
            ('kamailio_sync.registration_run', array['select', 'update']),
            ('kamailio_sync.stale_status', array['select', 'insert', 'delete']),
            ('public.sites', array['select', 'update']),
            ('public.buildings', array['select']),
            ('public.units', array['select']),
            ('public.sip_accounts', array['select', 'update']),
            ('public.call_rules', array['select']),
            ('public.sip_account_enrolments', array['select', 'insert', 'update', 'delete']),
            ('public.sip_account_sync', array['select', 'update']),
            ('public.unit_sync', array['select', 'update'])
          ) w (name, rights)
          where to_regclass(w.name) is null
            or exists (
              select from unnest(w.rights) r
              where not case r
                when 'delete' then has_table_privilege(to_regclass(w.name), r)
                else has_any_column_privilege(to_regclass(w.name), r)
              end)
          union all
          select w.name, to_regprocedure(w.name) is null, 2
          from (values
            ('kamailio_sync.delete_account(uuid)'),
            ('kamailio_sync.forget_activity(interval)'),
            ('kamailio_sync.mark_again(text, uuid[])'),
            ('kamailio_sync.move_password_hashes(uuid, integer, boolean)'),
            ('kamailio_sync.note_drift(text[], uuid[])'),
            ('kamailio_sync.note_refused_enrolments(uuid[])'),
            ('kamailio_sync.publish_activity(text, integer)'),
            ('kamailio_sync.renew(text[], uuid[], bigint[], bigint)'),
            ('public.ambiguous_numbers(integer)'),
            ('public.intercom_explanation(text, text, text)')
          ) w (name)
          where to_regprocedure(w.name) is null or not has_function_privilege(to_regprocedure(w.name), 'execute')
          union all
          select 'kamailio_sync.version', to_regclass('kamailio_sync.version') is null, 3
          where not coalesce(has_sequence_privilege(to_regclass('kamailio_sync.version'), 'usage'), false)
          union all
          -- Without these it would see no row, and take that for the truth.
          select 'policy function_app on public.' || w.name, true, 4
          from unnest(array['sites', 'buildings', 'units', 'sip_accounts', 'call_rules', 'sip_account_enrolments', 'sip_account_sync', 'unit_sync']) w (name)
          where not exists (
            select from pg_catalog.pg_policies p
            where p.schemaname = 'public' and p.tablename = w.name and p.policyname = 'function_app')
          union all
          -- Without these nobody would notice a change.
          select 'trigger ' || w.trigger || ' on ' || t.name, true, 5
          from (values
            ('neolia_canonical_name', array['public.sip_accounts']),
            ('neolia_check_rule', array['public.call_rules']),
            ('neolia_forget_told_drift', array['public.sip_accounts', 'public.units']),
            ('neolia_keep_password_hash_out', array['public.sip_accounts']),
            ('neolia_mark_deleted', array['kamailio_sync.credentials', 'public.call_rules', 'public.sip_accounts', 'public.units']),
            ('neolia_mark_inserted', array['public.call_rules', 'public.sip_accounts', 'public.units']),
            ('neolia_mark_moved', array['public.buildings']),
            ('neolia_mark_updated', array['kamailio_sync.credentials', 'public.call_rules', 'public.sip_accounts', 'public.units']),
            ('neolia_note_deleted', array['public.buildings', 'public.sip_accounts', 'public.units']),
            ('neolia_note_inserted', array['public.sip_account_enrolments']),
            ('neolia_note_repaired', array['public.sip_account_sync', 'public.unit_sync']),
            ('neolia_note_updated', array['kamailio_sync.credentials', 'public.sip_account_enrolments', 'public.sip_account_sync', 'public.sip_accounts', 'public.unit_sync']),
            ('neolia_refuse_truncate', array['kamailio_sync.credentials', 'public.buildings', 'public.call_rules', 'public.sip_accounts', 'public.sites', 'public.units']),
            ('neolia_revoke_enrolments', array['public.sip_accounts']),
            ('neolia_revoke_for_good', array['public.sip_account_enrolments']),
            ('neolia_rules_added', array['public.call_rules']),
            ('neolia_rules_changed', array['public.call_rules']),
            ('neolia_status_deleted', array['public.buildings', 'public.sip_accounts', 'public.units']),
            ('neolia_status_inserted', array['public.sip_accounts', 'public.sites']),
            ('neolia_status_updated', array['public.buildings', 'public.sip_accounts', 'public.sites', 'public.units']),
            ('neolia_updated_at', array['kamailio_sync.credentials', 'public.buildings', 'public.call_rules', 'public.sip_account_sync', 'public.sip_accounts', 'public.sites', 'public.unit_sync', 'public.units'])
          ) w (trigger, tables)
          cross join unnest(w.tables) t (name)
          where not exists (
            select from pg_catalog.pg_trigger g
            where g.tgrelid = to_regclass(t.name) and g.tgname = w.trigger and g.tgenabled <> 'D')
        ) fault
        order by fault.absent desc, fault.rank
        limit 1
        """;
}
