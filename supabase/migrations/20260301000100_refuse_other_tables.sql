-- The first file and the only one that may refuse: it changes nothing, so that a project whose
-- tables are of another design (older drafts hung sip_accounts on a site or a building) keeps
-- exactly what it has. Columns beyond the contract's are welcome as long as the dashboard's
-- inserts, which don't know them, still work.
--
-- The check is a function of this session, because the Supabase CLI prints the statement that
-- fails: it should be a short one, below the sentence that says what to do.
create or replace function pg_temp.neolia_problems()
returns table (problem text)
language sql
stable
as $$
  with expected_columns as (
    select t.table_name, c.column_name, c.place
    from (values
      ('sites', 'id uuid, name text, address text, type text, status text, timezone text, user_id uuid, '
        'created_at timestamptz, updated_at timestamptz'),
      ('buildings', 'id uuid, site_id uuid, name text, floor_count int4, created_at timestamptz, updated_at timestamptz'),
      ('units', 'id uuid, building_id uuid, number text, floor int4, owner_name text, owner_email text, '
        'created_at timestamptz, updated_at timestamptz'),
      ('sip_accounts', 'id uuid, unit_id uuid, username text, domain text, password_hash text, extension text, '
        'display_name text, type text, enabled bool, registered bool, last_registration timestamptz, '
        'created_at timestamptz, updated_at timestamptz'),
      ('call_rules', 'id uuid, unit_id uuid, name text, source_pattern text, action text, target_sip_uri text, '
        'priority int4, enabled bool, created_at timestamptz, updated_at timestamptz'),
      ('intercom_activity_logs', 'id uuid, site_id uuid, building_id uuid, unit_id uuid, sip_account_id uuid, '
        'level text, action text, message text, metadata jsonb, created_at timestamptz')
    ) t (table_name, columns),
    unnest(string_to_array(t.columns, ', ')) with ordinality c (column_name, place)
  ),
  expected_keys (table_name, columns) as (
    values
      ('sites', 'id'), ('buildings', 'id'), ('units', 'id'), ('sip_accounts', 'id'), ('call_rules', 'id'),
      ('intercom_activity_logs', 'id'), ('units', 'building_id, number'), ('sip_accounts', 'domain, username')
  ),
  present as (
    select c.oid, c.relname::text collate "default" as table_name, c.relkind, c.relowner
    from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relname in (select k.table_name from expected_keys k)
  ),
  present_columns as (
    select p.table_name, a.attname::text collate "default" as name, a.attnotnull and not a.atthasdef as required,
      a.attname || ' ' || case t.typname when 'varchar' then 'text' else t.typname::text end as column_name
    from present p
    join pg_catalog.pg_attribute a on a.attrelid = p.oid and a.attnum > 0 and not a.attisdropped
    join pg_catalog.pg_type t on t.oid = a.atttypid
  ),
  present_keys as (
    select p.table_name, string_agg(a.attname::text collate "default", ', ' order by a.attname) as columns
    from present p
    join pg_catalog.pg_index i on i.indrelid = p.oid and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
    join pg_catalog.pg_attribute a on a.attrelid = p.oid and a.attnum = any ((i.indkey::int2[])[0:i.indnkeyatts - 1])
    group by p.table_name, i.indexrelid
  )
  select format('public.%s is not an ordinary table', p.table_name)
  from present p
  where p.relkind <> 'r'
  union all
  select format('public.%s belongs to another role than %s', p.table_name, current_user)
  from present p
  where not pg_has_role(p.relowner, 'usage')
  union all
  select format('public.%s has no column %s', p.table_name, string_agg(e.column_name, ', ' order by e.place))
  from present p
  join expected_columns e using (table_name)
  where (e.table_name, e.column_name) not in (select c.table_name, c.column_name from present_columns c)
  group by p.table_name
  union all
  select format('public.%s has a required column %s that the dashboard does not fill', c.table_name, c.name)
  from present_columns c
  where c.required
    and not exists (
      select from expected_columns e
      where e.table_name = c.table_name and split_part(e.column_name, ' ', 1) = c.name)
  union all
  select format('public.%s has no unique key on (%s)', p.table_name, k.columns)
  from present p
  join expected_keys k using (table_name)
  where (k.table_name, k.columns) not in (select h.table_name, h.columns from present_keys h)
$$;

do $$
declare
  v_problems text := (select string_agg(p.problem, '; ' order by p.problem) from pg_temp.neolia_problems() p);
begin
  if v_problems is not null then
    raise exception
      'Neolia Functions changed nothing, because a table it needs exists with another design (%): follow "Older table drafts" in docs/operations.md.',
      v_problems;
  end if;
end
$$;

drop function pg_temp.neolia_problems();
