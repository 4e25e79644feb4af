-- The dashboard counts the flats of a site with select('*, buildings(count), units(count)'). No foreign
-- key leads from sites to units, so PostgREST is told by a function of this shape (a "computed
-- relationship"). Row level security applies to its caller.
create or replace function public.units(public.sites)
returns setof public.units
language sql
stable
set search_path = ''
as $$
  select u.*
  from public.units u
  join public.buildings b on b.id = u.building_id
  where b.site_id = $1.id
$$;

-- The same for the accounts: sip_accounts(count).
create or replace function public.sip_accounts(public.sites)
returns setof public.sip_accounts
language sql
stable
set search_path = ''
as $$
  select a.*
  from public.sip_accounts a
  join public.units u on u.id = a.unit_id
  join public.buildings b on b.id = u.building_id
  where b.site_id = $1.id
$$;

revoke all on function public.units(public.sites), public.sip_accounts(public.sites) from public, anon;
grant execute on function public.units(public.sites), public.sip_accounts(public.sites) to authenticated, service_role;
