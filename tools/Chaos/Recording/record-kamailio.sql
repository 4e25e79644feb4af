-- Every state that Kamailio could have seen, in the order in which a row's writers held it: each number is drawn while
-- the row is locked, and what is rolled back takes its note along. @chaos_silent is for the restore of a backup.
create table chaos_history (
  seq bigint not null auto_increment primary key,
  at datetime(6) not null,
  kind char(1) not null,
  op char(1) not null,
  subject varchar(160) not null,
  version bigint not null default 0,
  a varchar(255), b varchar(255), c varchar(255), d varchar(255), e varchar(255)
) engine = InnoDB default character set utf8mb4;

-- A disk that is full, as far as the server's answers tell.
create table chaos_switch (full tinyint not null) engine = InnoDB;
insert into chaos_switch values (0);
create trigger chaos_disk before update on neolia_account for each row
  if exists (select 1 from chaos_switch where full = 1) then signal sqlstate 'HY000' set mysql_errno = 1021, message_text = 'Disk full'; end if;
create trigger chaos_disk_kick before delete on neolia_kick for each row
  if exists (select 1 from chaos_switch where full = 1) then signal sqlstate 'HY000' set mysql_errno = 1021, message_text = 'Disk full'; end if;

create trigger chaos_fence_i after insert on neolia_account for each row
  insert into chaos_history (at, kind, op, subject, version, a, b, c, d)
  select sysdate(6), 'F', 'I', new.account_id, new.version, new.unit_id, new.type, new.extension, new.deleted from dual where @chaos_silent is null;
create trigger chaos_fence_u after update on neolia_account for each row
  insert into chaos_history (at, kind, op, subject, version, a, b, c, d)
  select sysdate(6), 'F', 'U', new.account_id, new.version, new.unit_id, new.type, new.extension, new.deleted from dual where @chaos_silent is null;

create trigger chaos_unit_i after insert on neolia_unit for each row
  insert into chaos_history (at, kind, op, subject, version, a, b, c, d)
  select sysdate(6), 'U', 'I', new.unit_id, new.version, new.site_id, new.building_id, new.number, new.deleted from dual where @chaos_silent is null;
create trigger chaos_unit_u after update on neolia_unit for each row
  insert into chaos_history (at, kind, op, subject, version, a, b, c, d)
  select sysdate(6), 'U', 'U', new.unit_id, new.version, new.site_id, new.building_id, new.number, new.deleted from dual where @chaos_silent is null;

create trigger chaos_subscriber_i after insert on subscriber for each row
  insert into chaos_history (at, kind, op, subject, version, a, b, c)
  select sysdate(6), 'S', 'I', concat(new.username, '@', new.domain), new.id, new.ha1, new.ha1b, new.password from dual where @chaos_silent is null;
create trigger chaos_subscriber_u after update on subscriber for each row
  insert into chaos_history (at, kind, op, subject, version, a, b, c, d, e)
  select sysdate(6), 'S', 'U', concat(new.username, '@', new.domain), new.id, new.ha1, new.ha1b, new.password,
    old.ha1, concat(old.username, '@', old.domain) from dual where @chaos_silent is null;
create trigger chaos_subscriber_d after delete on subscriber for each row
  insert into chaos_history (at, kind, op, subject, version, d)
  select sysdate(6), 'S', 'D', concat(old.username, '@', old.domain), old.id, old.ha1 from dual where @chaos_silent is null;

create trigger chaos_contact_i after insert on location for each row
  insert into chaos_history (at, kind, op, subject, a, b)
  select sysdate(6), 'C', 'I', new.ruid, concat(new.username, '@', new.domain), new.user_agent from dual where @chaos_silent is null;
create trigger chaos_contact_d after delete on location for each row
  insert into chaos_history (at, kind, op, subject, a, b)
  select sysdate(6), 'C', 'D', old.ruid, concat(old.username, '@', old.domain), old.user_agent from dual where @chaos_silent is null;
