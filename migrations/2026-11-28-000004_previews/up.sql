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

create table preview_links (
  id             uuid primary key,
  digest         bytea not null constraint preview_links_digest_unique unique
                 constraint preview_links_digest_length check (octet_length(digest) = 32),
  entry_id       uuid,
  locale         text collate "C",
  number         integer,
  as_of          timestamptz,
  made_by        uuid not null references users (id),
  created_at     timestamptz not null default mh_now(),
  expires_at     timestamptz not null,
  revoked_at     timestamptz,
  opened         bigint not null default 0,
  last_opened_at timestamptz,
  constraint preview_links_expires_later check (expires_at > created_at),
  constraint preview_links_whole_document check ((entry_id is null) = (locale is null)),
  constraint preview_links_revision_of_document check (number is null or entry_id is not null),
  constraint preview_links_one_target check ((as_of is null) <> (entry_id is null)),
  constraint preview_links_document foreign key (entry_id, locale) references documents (entry_id, locale),
  constraint preview_links_revision foreign key (entry_id, locale, number) references revisions (entry_id, locale, number)
);
comment on table preview_links is 'Links to a draft, or to the site as of an instant, by SHA-256 of their secret. How often they were opened is housekeeping.';
create index preview_links_document on preview_links (entry_id, locale, id) where entry_id is not null;
create index preview_links_site on preview_links (id) where entry_id is null;
