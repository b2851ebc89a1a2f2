-- What was counted of an address that many share was never forgotten while somebody came in there once a day. Now it fades by
-- and by, and so has parts.

alter table login_limits alter column failures type double precision;
comment on table login_limits is 'Wrong passwords, by digest of an account or an address, as counted at last_at; forgotten by and by. Housekeeping.';
