-- Numbers of the caller's sites that Kamailio would answer with 484, because two flats fit equally
-- well. It looks in the own building before the site, and each time for extensions before flats'
-- numbers. With own_building two flats of the building have the same extension; without, the number
-- fits several flats of the site as seen from that building, which has none of its own.
--
-- Runs under the caller's row level security. One pass over the caller's flats and devices; only
-- the rows that are answered are followed up.
create or replace function public.ambiguous_numbers(p_limit integer default 50)
returns table (
  site_id uuid,
  site text,
  building_id uuid,
  building text,
  number text,
  flats bigint,
  own_building boolean
)
language sql
stable
set search_path = ''
as $$
  with
    flat as (
      select b.site_id, u.building_id, u.id as unit_id, u.number::text
      from public.sites s
      join public.buildings b on b.site_id = s.id
      join public.units u on u.building_id = b.id
    ),
    device as (
      select f.site_id, f.building_id, f.unit_id, a.extension, a.type
      from flat f
      join public.sip_accounts a on a.unit_id = f.unit_id
      where a.enabled
    ),
    dialled as (
      select f.site_id, f.building_id, f.unit_id, f.number, false as is_extension from flat f
      union
      select d.site_id, d.building_id, d.unit_id, d.extension, true from device d where d.extension <> ''
    ),
    calling as (
      select d.site_id, d.building_id, bool_or(d.type = 'station') as has_station
      from device d
      group by 1, 2
    ),
    calling_buildings as (
      select c.site_id, count(*) as amount from calling c group by 1
    ),
    in_building as (
      select d.site_id, d.building_id, d.number, count(*) as flats
      from dialled d
      where d.is_extension
      group by 1, 2, 3
      having count(*) > 1
      order by 1, 2, 3
      limit p_limit
    ),
    fitting as (
      select d.site_id, d.number,
        coalesce(nullif(count(*) filter (where d.is_extension), 0), count(*)) as flats,
        count(distinct d.building_id) filter (where c.building_id is not null) as matching_buildings
      from dialled d
      left join calling c using (site_id, building_id)
      group by 1, 2
    ),
    in_site as (
      select f.site_id, f.number, f.flats
      from fitting f
      join calling_buildings c using (site_id)
      where f.flats > 1 and f.matching_buildings < c.amount
      order by 1, 2
      limit p_limit
    ),
    seen_from as (
      select distinct on (i.site_id, i.number) i.site_id, c.building_id, i.number, i.flats
      from in_site i
      join calling c using (site_id)
      left join dialled own on (own.site_id, own.building_id, own.number) = (i.site_id, c.building_id, i.number)
      where own.unit_id is null
      order by i.site_id, i.number, c.has_station desc, c.building_id
    ),
    found as (
      select i.site_id, i.building_id, i.number, i.flats, true as own_building from in_building i
      union all
      select s.site_id, s.building_id, s.number, s.flats, false from seen_from s
    )
  select s.id, s.name, b.id, b.name, f.number, f.flats, f.own_building
  from found f
  join public.sites s on s.id = f.site_id
  join public.buildings b on b.id = f.building_id
  order by s.name, s.id, not f.own_building, b.name, b.id, f.number
  limit p_limit
$$;

revoke all on function public.ambiguous_numbers(integer) from public, anon;
grant execute on function public.ambiguous_numbers(integer) to authenticated, service_role, neolia_functions;
