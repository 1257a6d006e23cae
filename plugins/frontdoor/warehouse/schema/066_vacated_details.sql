-- Homes, telephones and mail boxes, as numbers, that records touched since the last publication had before: if a crowd
-- shared one it is counted again. Emptied by the next build.
create table identity.vacated_details (
    detail_code text not null,
    detail_hash bigint not null,
    vacated_in bigint not null,
    primary key (detail_code, detail_hash)
);
