-- Gives every page that is public words of natural frequencies, as the superuser, with the triggers off: 20,000 words that
-- occur by Zipf's law (the n-th most common one n times less often than the first), 150 of them in the text of each page.
begin;
set local session_replication_role = replica;
set local synchronous_commit = off;
set local statement_timeout = 0;
select setseed(0.75);

-- The n-th word: three syllables.
create function pg_temp.word(n int) returns text language sql immutable as $$
  select substr(s, 1 + 2 * (n * 37 % 100), 2) || substr(s, 1 + 2 * (n / 100 * 61 % 100), 2) || substr(s, 1 + 2 * (n * 13 / 1000 % 100), 2)
  from (values ('babebibobudadedidodufafefifofugagegigogukakekikokulalelilolumamemimomunaneninonupapepipopurareriroru'
    || 'sasesisosutatetitotuvavevivovuwawewiwowuzazezizozuhahehihohujajejijojucacecicocuxaxexixoxuqaqeqiqoqu')) t (s)
$$;

create temp table said on commit drop as
select p.id,
  string_agg(w.word, ' ') filter (where w.n <= 3) as title,
  string_agg(w.word, ' ') filter (where w.n between 4 and 15) as summary,
  string_agg(w.word, ' ') filter (where w.n > 15) as text
from publications p cross join lateral (
  select n, pg_temp.word(floor(exp(random() * ln(20000)))::int) as word from generate_series(1, 165) n
  where p.id is not null) w
where upper_inf(p.during) group by p.id;

update publications p set title = initcap(s.title), title_sort = initcap(s.title), summary = s.summary, search_text = s.text,
  search = mh.search_vector(mh.search_config('en'), jsonb_build_object('a', s.title, 'b', s.summary, 'd', s.text))
from said s where p.id = s.id;
commit;
