-- What happened last on all of the caller's sites. Without a site to filter by, the log has to be asked site by site:
-- row level security looks at each row by itself, so a plain "order by created_at desc limit 20" reads everybody's log.
create or replace function public.latest_activity(p_limit integer default 50)
returns setof public.intercom_activity_logs
language sql
stable
set search_path = ''
as $$
  select l.*
  from public.sites s
  cross join lateral (
    select n.* from public.intercom_activity_logs n where n.site_id = s.id order by n.created_at desc, n.id limit p_limit
  ) l
  order by l.created_at desc, l.id
  limit p_limit
$$;

revoke all on function public.latest_activity(integer) from public, anon;
grant execute on function public.latest_activity(integer) to authenticated, service_role;
