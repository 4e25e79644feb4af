-- A site's newest log, without sorting all of it; for the foreign key too, which it leads.
create index if not exists intercom_activity_logs_newest_idx on public.intercom_activity_logs (site_id, created_at desc, id);

-- Cascades, policies and the app all walk from a parent to its children: at a million accounts
-- each of these columns must lead an index. One that an older migration made under another name
-- is as good as ours and is not doubled.
do $$
declare
  v_wanted record;
begin
  for v_wanted in
    select *
    from (values
      ('sites', 'user_id'),
      ('buildings', 'site_id'),
      ('units', 'building_id'),
      ('sip_accounts', 'unit_id'),
      ('call_rules', 'unit_id'),
      ('intercom_activity_logs', 'building_id'),
      ('intercom_activity_logs', 'unit_id'),
      ('intercom_activity_logs', 'sip_account_id')
    ) w (table_name, column_name)
    where not exists (
      select
      from pg_catalog.pg_index i
      join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
      where i.indrelid = format('public.%I', w.table_name)::regclass
        and a.attname = w.column_name and i.indisvalid and i.indpred is null
    )
  loop
    execute format('create index %I on public.%I (%I)',
      v_wanted.table_name || '_' || v_wanted.column_name || '_idx', v_wanted.table_name, v_wanted.column_name);
  end loop;
end
$$;
