drop schema if exists mh cascade;
delete from role_grants where kind = 'person' and role_id in (select id from roles where built_in);
alter table publications drop column key;
