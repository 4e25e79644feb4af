-- A user sees and changes what hangs under the own sites and nothing else.

alter table public.sites enable row level security;
alter table public.buildings enable row level security;
alter table public.units enable row level security;
alter table public.sip_accounts enable row level security;
alter table public.call_rules enable row level security;
alter table public.intercom_activity_logs enable row level security;
alter table public.sip_account_sync enable row level security;

-- Policies add up, and earlier ones were permissive (one showed logs without a site to everybody):
-- all of them go, whatever their names, but for the function app's (see its role): without it the
-- app would see no account and take that for the truth. One block, so that no moment is without
-- policies when this file is applied again, statement by statement.
--
-- Each policy asks only for its parent, whose own policy does the rest. "exists" leaves the planner
-- both ways: an index look-up per row for a few rows, one hash of the caller's parents for many.
-- The sub-select around auth.uid() makes it one call per statement instead of one per row.
do $$
declare
  v_policy record;
begin
  for v_policy in
    select p.tablename, p.policyname
    from pg_catalog.pg_policies p
    where p.schemaname = 'public' and p.policyname <> 'function_app' and p.tablename in (
      'sites', 'buildings', 'units', 'sip_accounts', 'call_rules', 'intercom_activity_logs', 'sip_account_sync')
  loop
    execute format('drop policy %I on public.%I', v_policy.policyname, v_policy.tablename);
  end loop;

  create policy owner on public.sites for all to authenticated
    using (user_id = (select auth.uid()))
    with check (user_id = (select auth.uid()));

  create policy owner on public.buildings for all to authenticated
    using (exists (select from public.sites s where s.id = site_id))
    with check (exists (select from public.sites s where s.id = site_id));

  create policy owner on public.units for all to authenticated
    using (exists (select from public.buildings b where b.id = building_id))
    with check (exists (select from public.buildings b where b.id = building_id));

  create policy owner on public.sip_accounts for all to authenticated
    using (exists (select from public.units u where u.id = unit_id))
    with check (exists (select from public.units u where u.id = unit_id));

  create policy owner on public.call_rules for all to authenticated
    using (exists (select from public.units u where u.id = unit_id))
    with check (exists (select from public.units u where u.id = unit_id));

  -- A log without a site belongs to nobody.
  create policy owner on public.intercom_activity_logs for all to authenticated
    using (exists (select from public.sites s where s.id = site_id))
    with check (exists (select from public.sites s where s.id = site_id));

  create policy owner_reads on public.sip_account_sync for select to authenticated
    using (exists (select from public.units u where u.id = unit_id));
end
$$;

-- New tables of a Supabase project come with everything granted to everybody, "truncate" included,
-- which no policy stops. One block again, so that nobody is locked out for a moment.
do $$
begin
  revoke all on
    public.sites, public.buildings, public.units, public.sip_accounts, public.call_rules,
    public.intercom_activity_logs, public.sip_account_sync
    from public, anon, authenticated;

  grant select, insert, update, delete on
    public.sites, public.buildings, public.units, public.sip_accounts, public.call_rules,
    public.intercom_activity_logs
    to authenticated, service_role;
  grant select on public.sip_account_sync to authenticated, service_role;
end
$$;
