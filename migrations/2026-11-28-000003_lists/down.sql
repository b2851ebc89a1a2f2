drop index publications_children;
create index publications_children on publications (parent, locale) where parent is not null;
drop index publications_below;
drop index publications_top;
drop index publications_by_position;
drop index publications_by_update;
