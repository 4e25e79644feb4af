-- All flats and all accounts of the caller, a page at a time. Row level security looks at each row by itself, so that a list
-- without a filter reads everybody's rows for the own; from the own sites an index leads to each. With the rights of their
-- owner, and the caller spelled out: the policies would go from each row back to the site that it was found by.
--
-- Cut in here, because Postgres would look up what is embedded in a row ("sync") for all rows before it cut a page.
create or replace function public.own_units(p_offset integer default 0, p_limit integer default 1000)
returns setof public.units
language sql
stable
security definer
set search_path = ''
as $$
  select u.*
  from public.sites s
  join public.buildings b on b.site_id = s.id
  join public.units u on u.building_id = b.id
  where s.user_id = (select auth.uid())
  order by u.created_at, u.id
  offset p_offset limit p_limit
$$;

create or replace function public.own_sip_accounts(p_offset integer default 0, p_limit integer default 1000)
returns setof public.sip_accounts
language sql
stable
security definer
set search_path = ''
as $$
  select a.*
  from public.sites s
  join public.buildings b on b.site_id = s.id
  join public.units u on u.building_id = b.id
  join public.sip_accounts a on a.unit_id = u.id
  where s.user_id = (select auth.uid())
  order by a.created_at, a.id
  offset p_offset limit p_limit
$$;

revoke all on function public.own_units(integer, integer), public.own_sip_accounts(integer, integer) from public, anon;
grant execute on function public.own_units(integer, integer), public.own_sip_accounts(integer, integer) to authenticated, service_role;
