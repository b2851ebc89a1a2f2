drop schema if exists mh cascade;
delete from role_grants where kind = 'history' and role_id in (select id from roles where built_in);
drop index events_by_xact;
drop table event_seals;
drop table event_epochs;
alter table events drop column data_sha256;
drop table announced;
delete from redirects where not upper_inf(during);
alter table redirects
  drop constraint redirects_path_unique,
  drop constraint redirects_during_shape,
  drop column during,
  drop column path_key,
  add constraint redirects_path_unique unique (locale, path);
drop statistics publications_ends;
drop index publications_planned;
drop index publications_planned_ends;
alter table publications
  drop constraint publications_until_covers,
  drop column opened_at,
  drop column until,
  drop column date,
  drop column erased_at;
drop table working_copies;
drop index revision_refs_used_by;
create index revision_refs_used_by on revision_refs (target);
alter table revisions
  drop constraint revisions_origin,
  drop constraint revisions_source,
  drop constraint revisions_source_is_another,
  drop constraint revisions_source_whole,
  drop column source_locale,
  drop column source_number;
update revisions set origin = 'edit' where origin in ('translate', 'unlink', 'move');
alter table revisions add constraint revisions_origin
  check (origin in ('create', 'edit', 'restore', 'merge', 'import', 'duplicate'));
drop index entries_trashed_with;
alter table entries drop column trashed_with;
drop index documents_children;
drop index documents_top;
alter table documents
  drop constraint documents_locale,
  drop column parent,
  drop column position;
alter table site drop constraint site_default_locale;
drop table locales;
