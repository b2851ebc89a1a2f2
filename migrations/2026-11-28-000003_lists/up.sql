-- The orders and filters of the public lists, each with its index over what is public without an end.

create index publications_by_update on publications (kind, locale, lower(during) desc, entry_id) where upper_inf(during);
create index publications_by_position on publications (kind, locale, coalesce(position, ''), entry_id)
  where upper_inf(during);
create index publications_top on publications (kind, locale, coalesce(position, ''), entry_id)
  where upper_inf(during) and parent is null;
create index publications_below on publications (parent, locale, coalesce(position, ''), entry_id)
  where upper_inf(during) and parent is not null;
-- The children of a page, and of them those that end later, without the many that ended before.
drop index publications_children;
create index publications_children on publications (parent, locale, upper(during)) where parent is not null;
