-- A call rule that could not work is refused where it is written, with one sentence that says what
-- to do. The sync checks the same once more (CallRuleCheck.cs): rows from before are not touched
-- here, and what only Kamailio's side knows, such as foreign targets, is said in unit_sync.

-- Blanks around are nobody's intention. Rows from before stay updatable in what does no new harm:
-- their text is looked at when it changes, when the rule is switched on, or when it moves to
-- another unit.
create or replace function kamailio_sync.check_call_rule()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  v_blanks constant text := E' \t\r\n';
  v_new constant boolean := tg_op = 'INSERT' or new.unit_id is distinct from old.unit_id or (new.enabled and not old.enabled);
begin
  if v_new or new.source_pattern is distinct from old.source_pattern then
    new.source_pattern := btrim(new.source_pattern, v_blanks);
    if new.source_pattern = '' then
      raise exception 'The rule has no pattern: write whom it is for, for example intercom-*, or * for everybody.'
        using errcode = 'check_violation';
    end if;
    if length(new.source_pattern) > 255 then
      raise exception 'The pattern has % characters: 255 are the most, and * stands for any number of them.', length(new.source_pattern)
        using errcode = 'check_violation';
    end if;
    if new.source_pattern ~ '[]^$(){}|+\\[]|\.[*?]' then
      raise exception 'The pattern "%" looks like a regular expression: write * for any characters and ? for one, for example intercom-*.', left(new.source_pattern, 80)
        using errcode = 'check_violation';
    end if;
  end if;

  if v_new or (new.action, new.target_sip_uri) is distinct from (old.action, old.target_sip_uri) then
    new.target_sip_uri := nullif(btrim(new.target_sip_uri, v_blanks), '');
    if new.action = 'forward' and new.target_sip_uri is null then
      raise exception 'The rule forwards calls but has no target: write where to, for example sip:concierge@sip.neolia.app.'
        using errcode = 'check_violation';
    end if;
    if length(new.target_sip_uri) > 255
      or new.target_sip_uri !~ '^sip:[A-Za-z0-9._%+-]{1,64}@[a-z0-9]([a-z0-9-]*[a-z0-9])?([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[1-9][0-9]{0,4})?$'
      or substring(new.target_sip_uri from ':([0-9]{1,9})$')::integer > 65535
    then
      raise exception 'The target "%" is no SIP address: write sip:name@domain with the domain in lower case, for example sip:concierge@sip.neolia.app.', left(new.target_sip_uri, 80)
        using errcode = 'check_violation';
    end if;
  end if;

  return new;
end
$$;

create or replace trigger neolia_check_rule
  before insert or update of unit_id, source_pattern, action, target_sip_uri, enabled on public.call_rules
  for each row execute function kamailio_sync.check_call_rule();

-- At most 100 enabled rules a unit, and no more are made by the statement: a unit that has more from
-- before can be put in order step by step.
--
-- No lock of its own. This trigger fires after neolia_mark_* (triggers fire by name), which hold the
-- queue rows of these units locked until the transaction ends; so whoever adds rules to the same unit
-- waits there, and counts in a later statement that sees what was committed meanwhile. A lock on the
-- unit as well would only be one more to take in the wrong order.
create or replace function kamailio_sync.refuse_too_many_rules(p_units uuid[])
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if exists (
    select
    from unnest(p_units) u (id)
    where (select count(*) from (
      select from public.call_rules r where r.unit_id = u.id and r.enabled limit 101) counted) > 100)
  then
    raise exception 'A flat can have at most 100 enabled call rules: disable or delete some first.'
      using errcode = 'check_violation';
  end if;
end
$$;

create or replace function kamailio_sync.call_rules_added()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform kamailio_sync.refuse_too_many_rules(array(select distinct n.unit_id from new_rows n where n.enabled));
  return null;
end
$$;

create or replace function kamailio_sync.call_rules_changed()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform kamailio_sync.refuse_too_many_rules(array(
    select distinct r.unit_id
    from (
      select n.unit_id, n.enabled, (o.enabled, o.unit_id) is distinct from (true, n.unit_id) as is_added
      from old_rows o
      full join new_rows n using (id)
      offset 0
    ) r
    where r.enabled and r.is_added));
  return null;
end
$$;

revoke all on function
  kamailio_sync.check_call_rule(),
  kamailio_sync.refuse_too_many_rules(uuid[]),
  kamailio_sync.call_rules_added(), kamailio_sync.call_rules_changed()
  from public;

create or replace trigger neolia_rules_added after insert on public.call_rules
  referencing new table as new_rows
  for each statement execute function kamailio_sync.call_rules_added();
create or replace trigger neolia_rules_changed after update on public.call_rules
  referencing old table as old_rows new table as new_rows
  for each statement execute function kamailio_sync.call_rules_changed();
