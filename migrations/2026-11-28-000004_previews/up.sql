-- What changed in public is found by when things began and ended; preview links show a draft, or another instant, to
-- whoever has them.

create index routes_beginning on routes (lower(during));
create index routes_ending on routes (upper(during)) where not upper_inf(during);
create index publications_erased on publications (erased_at) where erased_at is not null;

-- Sitemaps leave out what search engines should not know, or know by another address. Functions and triggers stand in the
-- way of what is public already learning it; they are made anew after the migrations.
drop schema if exists mh cascade;
update publications p set card = p.card || '{"unlisted": true}'
  from revisions r
  where (r.entry_id, r.locale, r.number) = (p.entry_id, p.locale, p.number) and p.kind = 'page'
    and (r.body -> 'seo' -> 'noindex' = 'true' or r.body -> 'seo' ->> 'canonical' is not null);
