-- The first file and the only one that may refuse: it changes nothing, so that a project whose
-- tables are of another design (older drafts hung sip_accounts on a site or a building) keeps
-- exactly what it has. Columns beyond the contract's are welcome as long as the dashboard's
-- inserts, which don't know them, still work.
do $guard$
declare
  v_problems text;
begin
  with expected (table_name, column_name, type_name) as (
    values
      ('sites', 'id', 'uuid'),
      ('sites', 'name', 'text'),
      ('sites', 'address', 'text'),
      ('sites', 'type', 'text'),
      ('sites', 'status', 'text'),
      ('sites', 'timezone', 'text'),
      ('sites', 'user_id', 'uuid'),
      ('sites', 'created_at', 'timestamp with time zone'),
      ('sites', 'updated_at', 'timestamp with time zone'),
      ('buildings', 'id', 'uuid'),
      ('buildings', 'site_id', 'uuid'),
      ('buildings', 'name', 'text'),
      ('buildings', 'floor_count', 'integer'),
      ('buildings', 'created_at', 'timestamp with time zone'),
      ('buildings', 'updated_at', 'timestamp with time zone'),
      ('units', 'id', 'uuid'),
      ('units', 'building_id', 'uuid'),
      ('units', 'number', 'text'),
      ('units', 'floor', 'integer'),
      ('units', 'owner_name', 'text'),
      ('units', 'owner_email', 'text'),
      ('units', 'created_at', 'timestamp with time zone'),
      ('units', 'updated_at', 'timestamp with time zone'),
      ('sip_accounts', 'id', 'uuid'),
      ('sip_accounts', 'unit_id', 'uuid'),
      ('sip_accounts', 'username', 'text'),
      ('sip_accounts', 'domain', 'text'),
      ('sip_accounts', 'password_hash', 'text'),
      ('sip_accounts', 'extension', 'text'),
      ('sip_accounts', 'display_name', 'text'),
      ('sip_accounts', 'type', 'text'),
      ('sip_accounts', 'enabled', 'boolean'),
      ('sip_accounts', 'registered', 'boolean'),
      ('sip_accounts', 'last_registration', 'timestamp with time zone'),
      ('sip_accounts', 'created_at', 'timestamp with time zone'),
      ('sip_accounts', 'updated_at', 'timestamp with time zone'),
      ('call_rules', 'id', 'uuid'),
      ('call_rules', 'unit_id', 'uuid'),
      ('call_rules', 'name', 'text'),
      ('call_rules', 'source_pattern', 'text'),
      ('call_rules', 'action', 'text'),
      ('call_rules', 'target_sip_uri', 'text'),
      ('call_rules', 'priority', 'integer'),
      ('call_rules', 'enabled', 'boolean'),
      ('call_rules', 'created_at', 'timestamp with time zone'),
      ('call_rules', 'updated_at', 'timestamp with time zone'),
      ('intercom_activity_logs', 'id', 'uuid'),
      ('intercom_activity_logs', 'site_id', 'uuid'),
      ('intercom_activity_logs', 'building_id', 'uuid'),
      ('intercom_activity_logs', 'unit_id', 'uuid'),
      ('intercom_activity_logs', 'sip_account_id', 'uuid'),
      ('intercom_activity_logs', 'level', 'text'),
      ('intercom_activity_logs', 'action', 'text'),
      ('intercom_activity_logs', 'message', 'text'),
      ('intercom_activity_logs', 'metadata', 'jsonb'),
      ('intercom_activity_logs', 'created_at', 'timestamp with time zone')
  ),
  present as (
    select c.oid, c.relname::text collate "default" as table_name, c.relkind, c.relowner
    from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace
      and c.relname in (select e.table_name from expected e)
  ),
  present_columns as (
    select p.table_name, a.attname::text collate "default" as column_name,
      case when a.atttypid = 'varchar'::regtype then 'text' else format_type(a.atttypid, null) end as type_name,
      a.attnotnull and not a.atthasdef and a.attidentity = '' as required
    from present p
    join pg_catalog.pg_attribute a on a.attrelid = p.oid and a.attnum > 0 and not a.attisdropped
  ),
  expected_keys (table_name, column_names) as (
    select e.table_name, array['id'] from expected e where e.column_name = 'id'
    union all
    values ('units', array['building_id', 'number']), ('sip_accounts', array['domain', 'username'])
  ),
  present_keys as (
    select p.table_name, array_agg(a.attname::text collate "default" order by a.attname) as column_names
    from present p
    join pg_catalog.pg_index i on i.indrelid = p.oid
      and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
    join pg_catalog.pg_attribute a on a.attrelid = p.oid
      and a.attnum = any ((i.indkey::int2[])[0:i.indnkeyatts - 1])
    group by p.table_name, i.indexrelid
  ),
  problems (problem) as (
    select format('public.%s is not an ordinary table', p.table_name)
    from present p where p.relkind <> 'r'
    union all
    select format('public.%s belongs to another role than %s', p.table_name, current_user)
    from present p where not pg_has_role(p.relowner, 'usage')
    union all
    select format('public.%s has no column %s of type %s', e.table_name, e.column_name, e.type_name)
    from expected e
    join present p using (table_name)
    where not exists (
      select from present_columns c
      where (c.table_name, c.column_name, c.type_name) = (e.table_name, e.column_name, e.type_name))
    union all
    select format('public.%s has a required column %s that the dashboard does not fill', c.table_name, c.column_name)
    from present_columns c
    where c.required and not exists (
      select from expected e where (e.table_name, e.column_name) = (c.table_name, c.column_name))
    union all
    select format('public.%s has no unique key on (%s)', k.table_name, array_to_string(k.column_names, ', '))
    from expected_keys k
    join present p using (table_name)
    where not exists (
      select from present_keys h where (h.table_name, h.column_names) = (k.table_name, k.column_names))
  )
  select string_agg(problem, ', ' order by problem) into v_problems from problems;

  if v_problems is not null then
    raise exception
      'Neolia Functions changed nothing, because its tables exist with another design (%): follow "Older table drafts" in docs/operations.md.',
      v_problems;
  end if;
end
$guard$;
