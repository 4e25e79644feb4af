-- The function app's role: not postgres, not service_role. It gets no password here; until the
-- operator sets one, nobody can log in as it. "noinherit" with membership in authenticated lets it
-- act for a signed-in user under row level security ("set local role") and gives it nothing of
-- that by itself.
--
-- A role belongs to the whole cluster, so what is there already is left alone: on PostgreSQL 16 and
-- later only its maker may alter or grant it, and two databases set up at the same time would
-- collide in the shared catalogs.
do $$
declare
  v_setting text;
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'neolia_functions') then
    begin
      create role neolia_functions login noinherit;
    exception when duplicate_object or unique_violation then
      null;
    end;
  end if;

  if not exists (
    select from pg_catalog.pg_auth_members
    where roleid = 'authenticated'::regrole and member = 'neolia_functions'::regrole)
  then
    grant authenticated to neolia_functions;
  end if;

  -- The first frees the locks of a worker that hangs while a lease runs out elsewhere; the next two
  -- bound what one statement may cost. And no statement of the app's gains by being compiled: a batch
  -- in a long queue looks dear enough for it, and would take 100 ms longer each time.
  foreach v_setting in array array[
    'idle_in_transaction_session_timeout=30s', 'statement_timeout=60s', 'lock_timeout=5s', 'jit=off'
  ] loop
    if not exists (
      select from pg_catalog.pg_db_role_setting
      where setdatabase = 0 and setrole = 'neolia_functions'::regrole and v_setting = any (setconfig))
    then
      execute format('alter role neolia_functions set %I = %L', split_part(v_setting, '=', 1), split_part(v_setting, '=', 2));
    end if;
  end loop;
end
$$;

grant usage on schema public, kamailio_sync to neolia_functions;

grant select, update, delete on kamailio_sync.queue to neolia_functions;
grant select, update (ha1, ha1b, issued_at, updated_at) on kamailio_sync.credentials to neolia_functions;
grant usage, select on sequence kamailio_sync.version to neolia_functions;
grant execute on function
  kamailio_sync.mark_again(text, uuid[]),
  kamailio_sync.renew(text[], uuid[], bigint[], bigint)
  to neolia_functions;

grant select, update on public.sip_account_sync to neolia_functions;
grant select on
  public.sites, public.buildings, public.units, public.sip_accounts, public.call_rules
  to neolia_functions;

-- The app reads through policies of its own. Without them it would see no account and take that for
-- the truth, so there must be no moment without: one block, and a policy that exists stays.
do $$
declare
  v_table name;
begin
  foreach v_table in array array['sites', 'buildings', 'units', 'sip_accounts', 'call_rules', 'sip_account_sync'] loop
    if not exists (
      select from pg_catalog.pg_policies p
      where (p.schemaname, p.tablename, p.policyname) = ('public', v_table, 'function_app'))
    then
      execute format('create policy function_app on public.%I for %s to neolia_functions using (true)',
        v_table, case v_table when 'sip_account_sync' then 'all' else 'select' end);
    end if;
  end loop;
end
$$;
