-- The timer's run that brings registrations: who has the turn, and where it goes on when the time was up.
--
-- "run" is a fence. Each transaction of a run holds this row (for share) while it writes, and finds out whether its run is
-- still the last one; beginning a run changes the row, and so waits for the transaction that is writing just now. What a
-- stalled run saw in Kamailio long ago can't be written over what the next one saw.
create table if not exists kamailio_sync.registration_run (
  only_row boolean primary key default true check (only_row),
  run bigint not null default 0,
  busy_until timestamptz not null default '-infinity',
  resume_after uuid not null default '00000000-0000-0000-0000-000000000000'
);

insert into kamailio_sync.registration_run default values on conflict do nothing;

revoke all on kamailio_sync.registration_run from public, anon, authenticated, service_role;
grant select, update on kamailio_sync.registration_run to neolia_functions;
