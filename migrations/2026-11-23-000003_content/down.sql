drop table import_sources;
drop table revision_refs;
alter table documents drop constraint documents_head;
drop table revisions;
drop table documents;
drop table entries;
