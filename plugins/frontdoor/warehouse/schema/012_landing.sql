-- What was sent, verbatim (landing) and what may be read of it (accepted); tables and views follow the contracts.

create schema if not exists landing;
create schema if not exists accepted;
