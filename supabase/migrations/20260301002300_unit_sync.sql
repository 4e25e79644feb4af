-- What people see of the sync, per unit: where it stands and its call rules. Kept like
-- sip_account_sync, and without a foreign key for the same reason (rule P2).
create table if not exists public.unit_sync (
  unit_id uuid primary key,
  state text not null default 'pending' check (state in ('pending', 'synced', 'retrying', 'failed')),
  error_code text,
  -- Which of its call rules it is about.
  error_about text,
  last_error text,
  attempts integer not null default 0,
  synced_at timestamptz,
  updated_at timestamptz not null default now()
);

create or replace trigger neolia_updated_at before update on public.unit_sync
  for each row execute function kamailio_sync.set_updated_at();

alter table public.unit_sync enable row level security;

-- A new table of a Supabase project comes with everything granted to everybody.
revoke all on public.unit_sync from public, anon, authenticated, service_role;
grant select on public.unit_sync to authenticated, service_role;
grant select, update on public.unit_sync to neolia_functions;

do $$
begin
  if not exists (
    select from pg_catalog.pg_policies p
    where (p.schemaname, p.tablename, p.policyname) = ('public', 'unit_sync', 'owner_reads'))
  then
    create policy owner_reads on public.unit_sync for select to authenticated
      using (exists (select from public.units u where u.id = unit_id));
  end if;

  if not exists (
    select from pg_catalog.pg_policies p
    where (p.schemaname, p.tablename, p.policyname) = ('public', 'unit_sync', 'function_app'))
  then
    create policy function_app on public.unit_sync for all to neolia_functions using (true);
  end if;
end
$$;

do $$
begin
  if exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime' and not puballtables)
    and not exists (
      select from pg_catalog.pg_publication_tables
      where (pubname, schemaname, tablename) = ('supabase_realtime', 'public', 'unit_sync'))
  then
    alter publication supabase_realtime add table public.unit_sync;
  end if;
exception when insufficient_privilege then
  raise notice 'The publication supabase_realtime belongs to another role: add public.unit_sync to it for live updates.';
end
$$;
