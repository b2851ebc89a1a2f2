drop schema if exists mh cascade;
insert into role_grants (role_id, kind, verb) values ('019a0000-0000-7000-8000-000000000001', '*', 'manage');
delete from role_grants where role_id in (select id from roles where name in ('reviewer', 'viewer') and built_in);
delete from role_grants where role_id = '019a0000-0000-7000-8000-000000000001' and kind <> '*';
update users set role_id = '019a0000-0000-7000-8000-000000000003'
  where role_id in (select id from roles where name in ('reviewer', 'viewer') and built_in);
delete from roles where name in ('reviewer', 'viewer') and built_in;
drop index events_action;
drop index events_actor;
drop index entries_created_by;
drop table refusals;
drop table login_limits;
drop table mails;
drop table one_time_links;
drop table sessions;
alter table roles drop constraint roles_description_length, drop column version;
alter table users drop column password_changed_at, drop column version;
