-- What a backlog of a million subjects needs of the tables that every change passes through.

-- A bulk change writes a row of the queue three times before it goes: inserted, its version drawn, claimed. With room
-- for all three on one page none of the later ones touches an index (heap-only tuples); with little room left each
-- entered its new place in both. Half of a page for the state, which is written twice: pending, synced.
alter table kamailio_sync.queue set (fillfactor = 30);
alter table public.sip_account_sync set (fillfactor = 50);
alter table public.unit_sync set (fillfactor = 50);

-- The order in which the queue is worked off, without ties: all rows of one statement are due at the same moment, and a
-- claim must be able to go on behind the last row of the one before. By id within a moment, which is the order of the
-- clustered index of Kamailio's fences.
create index if not exists queue_order on kamailio_sync.queue (next_attempt_at, subject_id);
drop index if exists kamailio_sync.queue_due;

-- Who sets updated_at itself, as the acknowledge does, needs no function call for each row.
create or replace trigger neolia_updated_at before update on public.sip_account_sync
  for each row when (new.updated_at is not distinct from old.updated_at) execute function kamailio_sync.set_updated_at();
create or replace trigger neolia_updated_at before update on public.unit_sync
  for each row when (new.updated_at is not distinct from old.updated_at) execute function kamailio_sync.set_updated_at();
