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

create or replace function kamailio_sync.mark(p_kind text, p_subjects uuid[])
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if coalesce(cardinality(p_subjects), 0) = 0 then
    return;
  end if;

  perform kamailio_sync.enqueue(p_kind, p_subjects);
  perform kamailio_sync.show_pending(p_kind, p_subjects);
  perform kamailio_sync.ring_doorbell(p_kind, p_subjects[1]);
end
$$;

-- Returns how many of the subjects are due now; the others are being changed by somebody, whose own
-- mark covers them. Rings no doorbell: the caller drains itself. Meant for batches of up to 500.
create or replace function kamailio_sync.mark_again(p_kind text, p_subjects uuid[])
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_due uuid[] := kamailio_sync.make_due(p_kind, p_subjects);
begin
  v_due := v_due || kamailio_sync.enqueue_unless_busy(p_kind, array(
    select distinct s.id
    from unnest(p_subjects) s (id)
    where s.id is not null
      and not exists (select from kamailio_sync.queue q where q.kind = p_kind and q.subject_id = s.id)
    order by s.id));

  perform kamailio_sync.show_pending(p_kind, v_due);
  return cardinality(v_due);
end
$$;

revoke all on function
  kamailio_sync.show_pending_units(uuid[]),
  kamailio_sync.show_pending(text, uuid[])
  from public;
