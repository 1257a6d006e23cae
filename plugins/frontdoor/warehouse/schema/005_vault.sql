-- What turns record keys into child keys nobody can guess back; only the transformer reads it.

create schema if not exists vault;

create table vault.pepper (
    is_only_row boolean primary key default true check (is_only_row),
    pepper text not null
);
