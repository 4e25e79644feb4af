namespace Neolia.Functions.Checking;

/// <summary>What the sync needs in Supabase's database, asked of its catalog. A test holds it against the code and the migrations.</summary>
internal static class SupabaseSchema
{
    /// <summary>No row: all is there. Else what isn't, or, with <c>absent</c> false, what this role may not use.</summary>
    public const string FindFault = """
        select fault.name, fault.absent
        from (
          select w.name, to_regclass(w.name) is null as absent
          from (values
            ('kamailio_sync.queue', array['select', 'update', 'delete']),
            ('kamailio_sync.credentials', array['select', 'update']),
            ('kamailio_sync.kamailio_progress', array['select', 'insert', 'update']),
            ('kamailio_sync.registration_run', array['select', 'update']),
            ('kamailio_sync.stale_status', array['select', 'insert', 'delete']),
            ('public.sites', array['select', 'update']),
            ('public.buildings', array['select']),
            ('public.units', array['select']),
            ('public.sip_accounts', array['select', 'update']),
            ('public.call_rules', array['select']),
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
          select w.name, to_regprocedure(w.name) is null
          from (values
            ('kamailio_sync.delete_account(uuid)'),
            ('kamailio_sync.forget_activity(interval)'),
            ('kamailio_sync.mark_again(text, uuid[])'),
            ('kamailio_sync.move_password_hashes(uuid, integer, boolean)'),
            ('kamailio_sync.note_activity(text, uuid[], uuid)'),
            ('kamailio_sync.publish_activity(text, integer)'),
            ('kamailio_sync.renew(text[], uuid[], bigint[], bigint)'),
            ('public.ambiguous_numbers(integer)'),
            ('public.intercom_explanation(text, text)')
          ) w (name)
          where to_regprocedure(w.name) is null or not has_function_privilege(to_regprocedure(w.name), 'execute')
          union all
          select 'kamailio_sync.version', to_regclass('kamailio_sync.version') is null
          where not coalesce(has_sequence_privilege(to_regclass('kamailio_sync.version'), 'usage'), false)
          union all
          -- Without these it would see no row, and take that for the truth.
          select 'policy function_app on public.' || w.name, true
          from unnest(array['sites', 'buildings', 'units', 'sip_accounts', 'call_rules', 'sip_account_sync', 'unit_sync']) w (name)
          where not exists (
            select from pg_catalog.pg_policies p
            where p.schemaname = 'public' and p.tablename = w.name and p.policyname = 'function_app')
          union all
          -- Without these nobody would notice a change.
          select 'trigger ' || w.trigger || ' on ' || w.name, true
          from (values
            ('public.sip_accounts', 'neolia_mark_inserted'), ('public.sip_accounts', 'neolia_mark_updated'), ('public.sip_accounts', 'neolia_mark_deleted'),
            ('kamailio_sync.credentials', 'neolia_mark_updated'), ('kamailio_sync.credentials', 'neolia_mark_deleted'),
            ('public.units', 'neolia_mark_inserted'), ('public.units', 'neolia_mark_updated'), ('public.units', 'neolia_mark_deleted'),
            ('public.buildings', 'neolia_mark_moved'),
            ('public.call_rules', 'neolia_mark_inserted'), ('public.call_rules', 'neolia_mark_updated'), ('public.call_rules', 'neolia_mark_deleted')
          ) w (name, trigger)
          where not exists (
            select from pg_catalog.pg_trigger t
            where t.tgrelid = to_regclass(w.name) and t.tgname = w.trigger and t.tgenabled <> 'D')
        ) fault
        order by fault.absent desc
        limit 1
        """;
}
