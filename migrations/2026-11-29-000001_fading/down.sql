alter table login_limits alter column failures type integer using ceil(failures);
comment on table login_limits is 'Wrong passwords in a row, by digest of an account or an address. Housekeeping: forgotten after a while.';
