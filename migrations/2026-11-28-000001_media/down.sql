drop schema if exists mh cascade;
delete from role_grants where kind = 'media' and role_id in (select id from roles where built_in);
alter table documents drop column words, drop column facets;
alter table publications drop column blob;
drop table revision_blobs;
drop table blobs;
