-- "create or replace" can't change what a function returns, and an older one with other arguments
-- would stay callable beside ours: those go first.
do $$
declare
  v_older regprocedure;
begin
  for v_older in
    select p.oid::regprocedure
    from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname = 'get_intercom_stats'
      and (pg_get_function_identity_arguments(p.oid), pg_get_function_result(p.oid)) is distinct from ('p_user_id uuid',
        'TABLE(sites_total bigint, sites_online bigint, sites_partial bigint, sites_offline bigint,'
        ' buildings_total bigint, units_total bigint, sip_accounts_total bigint, sip_accounts_registered bigint)')
  loop
    execute format('drop function %s', v_older);
  end loop;
end
$$;

-- Counts for the caller; p_user_id is part of the dashboard's call and is not looked at. Security
-- definer with the owner spelled out, because the joins then start from the caller's sites instead
-- of asking a policy for every row of every table.
create or replace function public.get_intercom_stats(p_user_id uuid default null)
returns table (
  sites_total bigint,
  sites_online bigint,
  sites_partial bigint,
  sites_offline bigint,
  buildings_total bigint,
  units_total bigint,
  sip_accounts_total bigint,
  sip_accounts_registered bigint
)
language sql
stable
security definer
set search_path = ''
as $$
  with
    own_sites as materialized (
      select s.id, s.status from public.sites s where s.user_id = (select auth.uid())
    ),
    site_counts as (
      select count(*) as total,
        count(*) filter (where s.status = 'online') as online,
        count(*) filter (where s.status = 'partial') as partial,
        count(*) filter (where s.status = 'offline') as offline
      from own_sites s
    ),
    building_counts as (
      select count(*) as total
      from own_sites s
      join public.buildings b on b.site_id = s.id
    ),
    unit_counts as (
      select count(*) as total
      from own_sites s
      join public.buildings b on b.site_id = s.id
      join public.units u on u.building_id = b.id
    ),
    account_counts as (
      select count(*) as total, count(*) filter (where a.registered) as registered
      from own_sites s
      join public.buildings b on b.site_id = s.id
      join public.units u on u.building_id = b.id
      join public.sip_accounts a on a.unit_id = u.id
    )
  select s.total, s.online, s.partial, s.offline, b.total, u.total, a.total, a.registered
  from site_counts s, building_counts b, unit_counts u, account_counts a
$$;

revoke all on function public.get_intercom_stats(uuid) from public, anon;
grant execute on function public.get_intercom_stats(uuid) to authenticated, service_role;
