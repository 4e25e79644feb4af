-- What reconcile finds in Kamailio's database is told in the log of activities, and so is that it was repaired: by the
-- acknowledge that says so, however long after, by whichever worker.

-- Subjects whose drift was told and not yet its repair. Empty but for moments.
create table if not exists kamailio_sync.told_drift (
  kind text not null,
  subject_id uuid not null,
  primary key (kind, subject_id)
);

revoke all on kamailio_sync.told_drift from public, anon, authenticated, service_role;

-- Of what Supabase no longer knows there is nobody to tell. What was told already, and is not repaired yet, is not told
-- again: the run before may have been killed.
create or replace function kamailio_sync.note_drift(p_kinds text[], p_subjects uuid[])
returns void
language sql
security definer
set search_path = ''
as $$
  with found as (
    select f.kind, f.subject_id from unnest(p_kinds, p_subjects) f (kind, subject_id)
  ),
  told as (
    insert into kamailio_sync.told_drift (kind, subject_id)
    select f.kind, f.subject_id from found f join public.sip_accounts a on f.kind = 'account' and a.id = f.subject_id
    union
    select f.kind, f.subject_id from found f join public.units u on f.kind = 'unit_rules' and u.id = f.subject_id
    order by 1, 2
    on conflict do nothing
    returning kind, subject_id
  )
  insert into kamailio_sync.activity (action, account_id, unit_id, detail)
  select 'drift_found', a.id, a.unit_id, '{}'
  from told t join public.sip_accounts a on t.kind = 'account' and a.id = t.subject_id
  union all
  select 'unit_drift_found', null, u.id, jsonb_build_object('name', u.number)
  from told t join public.units u on t.kind = 'unit_rules' and u.id = t.subject_id
$$;

-- Of the kind that the trigger names, whose key is in the column that it names.
create or replace function kamailio_sync.note_repaired()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if exists (select from kamailio_sync.told_drift) then
    execute format($sql$
      with repaired as (
        delete from kamailio_sync.told_drift t
        where t.kind = $1
          and t.subject_id = any (array(select n.%I from new_rows n where n.state in ('synced', 'disabled')))
        returning t.kind, t.subject_id
      )
      insert into kamailio_sync.activity (action, account_id, unit_id, detail)
      select 'drift_repaired', a.id, a.unit_id, '{}'
      from repaired r join public.sip_accounts a on r.kind = 'account' and a.id = r.subject_id
      union all
      select 'unit_drift_repaired', null, u.id, jsonb_build_object('name', u.number)
      from repaired r join public.units u on r.kind = 'unit_rules' and u.id = r.subject_id
    $sql$, tg_argv[1]) using tg_argv[0];
  end if;
  return null;
end
$$;

create or replace function kamailio_sync.forget_told_drift()
returns trigger
language plpgsql
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
begin
  if exists (select from kamailio_sync.told_drift) then
    delete from kamailio_sync.told_drift t where t.subject_id = any (array(select o.id from old_rows o));
  end if;
  return null;
end
$$;

revoke all on function
  kamailio_sync.note_drift(text[], uuid[]), kamailio_sync.note_repaired(), kamailio_sync.forget_told_drift()
  from public;
grant execute on function kamailio_sync.note_drift(text[], uuid[]) to neolia_functions;

create or replace trigger neolia_note_repaired after update on public.sip_account_sync
  referencing new table as new_rows
  for each statement execute function kamailio_sync.note_repaired('account', 'account_id');
create or replace trigger neolia_note_repaired after update on public.unit_sync
  referencing new table as new_rows
  for each statement execute function kamailio_sync.note_repaired('unit_rules', 'unit_id');
create or replace trigger neolia_forget_told_drift after delete on public.sip_accounts
  referencing old table as old_rows
  for each statement execute function kamailio_sync.forget_told_drift();
create or replace trigger neolia_forget_told_drift after delete on public.units
  referencing old table as old_rows
  for each statement execute function kamailio_sync.forget_told_drift();
