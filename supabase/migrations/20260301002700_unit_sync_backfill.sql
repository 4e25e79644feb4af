-- Units from before unit_sync. All are marked, not only shown: those with a rule that the sync
-- refuses by now must say so.
set statement_timeout = 0;

do $$
begin
  if not exists (select from kamailio_sync.backfilled where kind = 'unit_sync') then
    perform kamailio_sync.mark('unit_rules', array(select u.id from public.units u));
    insert into kamailio_sync.backfilled (kind) values ('unit_sync');
  end if;
end
$$;

reset statement_timeout;
