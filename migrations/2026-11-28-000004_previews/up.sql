-- What changed in public is found by when things began and ended; preview links show a draft, or another instant, to
-- whoever has them.

create index routes_beginning on routes (lower(during));
create index routes_ending on routes (upper(during)) where not upper_inf(during);
create index publications_erased on publications (erased_at) where erased_at is not null;
