-- What a backlog of a million subjects needs of the tables that every change passes through.

-- A bulk change writes a row of the queue three times before it goes: inserted, its version drawn, claimed. With room
-- for all three on one page none of the later ones touches an index (heap-only tuples); with little room left each
-- entered its new place in both. A third of a page for the state, which is written twice, pending and synced, and finds
-- room for both beside the row that was, even while somebody's old snapshot keeps that one.
alter table kamailio_sync.queue set (fillfactor = 30);
alter table public.sip_account_sync set (fillfactor = 33);
alter table public.unit_sync set (fillfactor = 33);

-- The order in which the queue is worked off, without ties: all rows of one statement are due at the same moment, and a
-- claim must be able to go on behind the last row of the one before. By id within a moment, which is the order of the
-- clustered index of Kamailio's fences. What is parked has no place in it; and so the index can't be taken for one by
-- subject: with statistics of an empty queue both look alike to the planner, and a look for one subject then walked over
-- all of this one.
create index if not exists queue_order on kamailio_sync.queue (next_attempt_at, subject_id) where next_attempt_at < 'infinity';
drop index if exists kamailio_sync.queue_due;

-- Who sets updated_at itself, as the acknowledge does, needs no function call for each row.
create or replace trigger neolia_updated_at before update on public.sip_account_sync
  for each row when (new.updated_at is not distinct from old.updated_at) execute function kamailio_sync.set_updated_at();
create or replace trigger neolia_updated_at before update on public.unit_sync
  for each row when (new.updated_at is not distinct from old.updated_at) execute function kamailio_sync.set_updated_at();
