drop table keys;
drop table events;
drop table site;
drop function mh_now();
drop extension btree_gist;
