-- Fills a migrated, empty database with a site that has been edited for three years, set by set: as the superuser, with the
-- triggers off, in one transaction. What comes out is what the program would have written; tests/database/growth.rs holds it
-- to the invariants. Three settings say how much:
--   growth.pages      public pages, in hundreds; 4 in 100 more are drafts, changed, in the trash, and 1 in 1,000 scheduled
--   growth.below      how many of them hang below one page; a multiple of 100
--   growth.revisions  revisions of each page, 4 or more; each is published in its turn
begin;
set local session_replication_role = replica;
set local synchronous_commit = off;
select setseed(0.25);

-- Spread over time as real ids are, not one after the other.
create function pg_temp.id_at(at timestamptz) returns uuid language sql volatile as $$
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
    || to_hex(8 + floor(random() * 4)::int) || substr(md5(random()::text), 1, 15))::uuid
$$;

create function pg_temp.plain_words(text text) returns text language sql immutable as $$
  select lower(regexp_replace(text, '[^A-Za-z0-9]', ' ', 'g'))
$$;

create temp table filled_users on commit drop as
select n, pg_temp.id_at(mh_now() - interval '1200 days') as id from generate_series(0, 19) n;
insert into users (id, email, name, role_id, created_at)
select u.id, 'editor-' || u.n || '@example.org', 'Fictional Editor ' || u.n, r.id, mh_now() - interval '1200 days'
from filled_users u join roles r on r.name = 'editor';
insert into events (at, actor_kind, reason, action, subject_kind, subject_id)
select mh_now() - interval '1200 days', 'system', 'growth', 'user.created', 'user', id from filled_users;

-- Sections of 100: a page, 9 below it, 10 below each of these. Who is above is there earlier. After the sections come pages
-- at the top in other states, and one (-1) under which the first sections hang.
create temp table filled on commit drop as
with said as (
  select current_setting('growth.pages')::int as pages, current_setting('growth.below')::int as below,
         current_setting('growth.revisions')::int as revisions, date_trunc('second', mh_now()) as now),
numbered as (
  select i, i % 100 as k, i >= pages as apart, i >= 0 and i < below as under, said.*
  from said, generate_series(case when below > 0 then -1 else 0 end, pages + pages / 25 - 1) i),
dated as (
  select *,
    case when not apart then 'public' when i % 40 = 2 then 'scheduled'
         else (array['draft', 'trashed', 'changed'])[1 + i % 3] end as state,
    case when i = -1 or apart or (k = 0 and not under) then null
         when k = 0 then -1 when k < 10 then i - k else i - k + 1 + (k - 10) / 10 end as above,
    now - (case when i = -1 then 1100 when apart or k = 0 then 800 + random() * 290 when k < 10 then 600 + random() * 190
                else 400 + random() * 190 end) * interval '1 day' as born
  from numbered),
paced as (
  select *, (now - interval '10 days' - born) * ((0.5 + random() / 2) / revisions) as pace from dated)
select i, k, now, revisions, state, above, born, pace, (i + 20) % 20 as author, pg_temp.id_at(born) as entry,
  case state when 'draft' then 0 when 'changed' then revisions - 1 else revisions end as published,
  -- A tenth of the leaves was renamed before its third revision.
  state = 'public' and k >= 10 and i % 10 = 3 as renamed,
  (array['lantern', 'harbour', 'meadow', 'orchard', 'willow', 'granite', 'saffron', 'copper',
         'linen', 'amber', 'cedar', 'heron', 'juniper', 'quarry', 'thistle', 'velvet'])[1 + (i + 16) * 7 % 16] as word,
  (array['alliance', 'archive', 'assembly', 'circle', 'council', 'course', 'evening', 'forum', 'gathering',
         'journal', 'network', 'reading', 'school', 'seminar', 'society', 'workshop'])[1 + (i + 16) / 16 % 16] as noun,
  -- Digits of base 62 that do not end in 0.
  'V' || lpad((1 + (i + 1) % 100)::text, 3, '0') || 'V' as position
from paced;
create index on filled (i);
analyze filled;

create temp table filled_revisions on commit drop as
select f.i, f.entry, g.number, a.entry as above, f.state, f.position, f.published, u.id as author, f.now,
  case when f.renamed and g.number < 3 then 'former-' else '' end || f.word || '-' || f.noun || '-' || (f.i + 1) as slug,
  initcap(f.word || ' ' || f.noun) || ' ' || (f.i + 1) as title,
  'What the ' || f.word || ' ' || f.noun || ' does, and for whom.' as summary,
  f.word as tag,
  f.born + (g.number - 1) * f.pace as written,
  case when f.state = 'scheduled' and g.number = f.revisions then f.now + interval '30 days'
       else f.born + (g.number - 1) * f.pace + interval '1 hour' end as begins,
  f.born + interval '1 hour' as first,
  case when g.number < f.published then case when f.state = 'scheduled' and g.number = f.revisions - 1 then f.now + interval '30 days'
                                      else f.born + g.number * f.pace + interval '1 hour' end
       when f.state = 'trashed' then f.now - interval '5 days' end as ends,
  f.revisions as head,
  'Version ' || g.number || ' of the text about ' || initcap(f.word || ' ' || f.noun) || ' ' || (f.i + 1) || '. '
    || rtrim(repeat('We meet in a ' || f.word || ' room, read slowly, and write down what we learnt. ', 6))
    || case when f.i % 3 = 0 then E'\nIt goes on elsewhere.' else '' end as plain,
  case when f.i % 3 = 0 then l.entry end as link,
  substr(md5(f.i::text), 1, 16) as block
from filled f
  cross join lateral generate_series(1, f.revisions) g (number)
  join filled_users u on u.n = f.author
  left join filled a on a.i = f.above
  left join filled l on l.i = abs(f.i::bigint * 7919 % current_setting('growth.pages')::int);

insert into entries (id, kind, created_at, created_by, trashed_at, trashed_by)
select f.entry, 'page', f.born, u.id, t.at, case when t.at is not null then u.id end
from filled f join filled_users u on u.n = f.author,
  lateral (select case when f.state = 'trashed' then f.now - interval '5 days' end as at) t;

insert into documents (entry_id, locale, kind, version, head, updated_at, parent, position, derived_by, words)
select f.entry, 'en', 'page', f.revisions + f.published + (f.state = 'trashed')::int, f.revisions,
  case when f.state = 'trashed' then f.now - interval '5 days' else f.born + f.revisions * f.pace end,
  a.entry, f.position, 2, mh.search_vector('public.search_simple', jsonb_build_object(
    'a', pg_temp.plain_words(r.title), 'b', pg_temp.plain_words(r.summary || ' ' || r.tag), 'd', pg_temp.plain_words(r.plain)))
from filled f join filled_revisions r on r.i = f.i and r.number = f.revisions left join filled a on a.i = f.above;

-- The text is in the form of RFC 8785, over which the digest goes: names in order, no space, nothing to escape.
insert into revisions
  (entry_id, locale, number, title, body, schema_version, sha256, parent, origin, author, created_at)
select r.entry, 'en', r.number, r.title, b.text::jsonb, 1, sha256(convert_to(b.text, 'UTF8')), nullif(r.number - 1, 0),
  case r.number when 1 then 'create' else 'edit' end, r.author, r.written
from filled_revisions r, lateral (select
  '{"blocks":[{"id":"' || r.block || 'a","markdown":"Version **' || r.number || '** of the text about ' || r.title || '. '
  || repeat('We meet in a ' || r.tag || ' room, read *slowly*, and write down what we learnt. ', 6)
  || '","type":"rich_text"}'
  || case when r.link is null then '' else ',{"id":"' || r.block || 'b","markdown":"It goes on [elsewhere](entry:'
       || r.link || ').","type":"rich_text"}' end
  || ',{"id":"' || r.block || 'c","type":"divider"}]'
  || case when r.above is null then '' else ',"parent":"' || r.above || '"' end
  || ',"position":"' || r.position || '","slug":"' || r.slug || '","summary":"' || r.summary || '","tags":["' || r.tag
  || '"],"title":"' || r.title || '"}' as text) b;

insert into revision_refs (entry_id, locale, number, pointer, target)
select entry, 'en', number, '/parent', above from filled_revisions where above is not null
union all
select entry, 'en', number, '/blocks/1/markdown', link from filled_revisions where link is not null;

insert into publications
  (id, entry_id, locale, number, kind, during, first_published_at, published_at, title, title_sort, summary, card, facets,
   parent, slug, position, derived_by, opened_at, search, search_text)
select pg_temp.id_at(least(r.begins, r.now)), r.entry, 'en', r.number, 'page', tstzrange(r.begins, r.ends), r.first, r.first,
  r.title, r.title, r.summary, jsonb_build_object('tags', array[r.tag]),
  jsonb_build_object('tags', array[r.tag], 'parent', r.above), r.above, r.slug, r.position, case when r.ends is null then 2 else 1 end, least(r.begins, r.now),
  -- As after `masthead reindex`: what had ended before there was a search has no vector.
  case when r.ends is null then mh.search_vector(mh.search_config('en'), jsonb_build_object(
    'a', pg_temp.plain_words(r.title), 'b', pg_temp.plain_words(r.summary || ' ' || r.tag), 'd', pg_temp.plain_words(r.plain))) end,
  case when r.ends is null then r.plain end
from filled_revisions r where r.number <= r.published;

-- Along the chains of parents; all of them are public from before their children on, and none of them ever moved.
with recursive tree as (
  select i, entry, '' as above from filled where above is null
  union all
  select f.i, f.entry, t.above || '/' || r.slug
  from filled f join tree t on f.above = t.i join filled_revisions r on r.i = t.i and r.number = r.head)
insert into routes (entry_id, locale, path, during)
select t.entry, 'en', t.above || '/' || r.slug, tstzrange(min(r.begins), case when bool_or(r.ends is null) then null else max(r.ends) end)
from tree t join filled_revisions r using (i) where r.number <= r.published
group by t.entry, t.above, r.slug;

create temp table filled_redirects on commit drop as
select pg_temp.id_at(born) as id, 'en' as locale, '/index.php/' || i as path, entry, born, now from filled
where state = 'public' and i >= 0;
insert into redirects (id, locale, path, target_entry, origin, created_at, during)
select id, locale, path, entry, 'import', born, tstzrange(born, null) from filled_redirects;

-- In the order of time, from transactions that ended before this one.
insert into events (at, actor_kind, actor_id, reason, action, subject_kind, subject_id, data, data_sha256, xact)
select at, case when actor is null then 'system' else 'user' end, actor, case when actor is null then 'growth' end,
  action, split_part(action, '.', 1), subject, data, sha256(convert_to(data::text, 'UTF8')),
  greatest(3, pg_current_xact_id()::text::bigint - 1 - row_number() over (order by at desc) % 500)::text::xid8
from (
  select written as at, author as actor, case number when 1 then 'page.created' else 'page.saved' end as action,
    entry as subject, jsonb_build_object('locale', 'en', 'revision', number) as data from filled_revisions
  union all
  select least(begins, now), author, 'page.published', entry, jsonb_build_object('locale', 'en', 'revision', number)
  from filled_revisions where number <= published
  union all
  select ends, author, 'page.trashed', entry, jsonb_build_object('locale', 'en')
  from filled_revisions where state = 'trashed' and number = head
  union all
  select born, null, 'redirect.created', id, null from filled_redirects) happened
order by at;

update site set version = version + (select count(*) from publications), changed_at = mh_now();
commit;
