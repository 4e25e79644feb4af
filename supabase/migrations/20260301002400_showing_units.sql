-- Marked units say so, like marked accounts: pending, or nothing once the unit is gone. After the
-- queue rows are locked and never before (rule P2). Rows that say so already are not written again.
create or replace function kamailio_sync.show_pending_units(p_units uuid[])
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.unit_sync as shown (unit_id)
  select u.id
  from public.units u
  where u.id = any (p_units)
  order by u.id
  on conflict (unit_id) do update
  set state = 'pending',
    error_code = null,
    last_error = null,
    attempts = 0
  where (shown.state, shown.error_code, shown.last_error, shown.attempts) is distinct from ('pending', null, null, 0);

  delete from public.unit_sync s
  where s.unit_id = any (p_units)
    and not exists (select from public.units u where u.id = s.unit_id);
end
$$;

create or replace function kamailio_sync.show_pending(p_kind text, p_subjects uuid[])
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_kind = 'account' then
    perform kamailio_sync.show_pending(p_subjects);
  else
    perform kamailio_sync.show_pending_units(p_subjects);
  end if;
end
$$;

revoke all on function kamailio_sync.show_pending_units(uuid[]) from public;
