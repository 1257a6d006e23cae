declare
    -- The place of each member's parent; a root is its own. Once by all links, once by evidence alone: what a person linked
    -- is one child whatever the evidence of the one says against the other's.
    parents integer[];
    evident_parents integer[];
    sizes integer[];
    -- Roots against roots, row by row: what binds all links, and what binds evidence.
    conflicts smallint[];
    evident_conflicts smallint[];
    given_conflicts smallint[] := '{}';
    given_evident_conflicts smallint[] := '{}';
    has_conflicts constant boolean := coalesce(cardinality(conflict_lefts), 0) > 0;
    decided_strength constant double precision := {{ added_strength('person') }};
    link_count constant integer := coalesce(cardinality(lefts), 0);
    is_decided boolean;
    -- The strongest link a member has within its group, and those that could belong to another group as well.
    best_strengths double precision[] := array_fill('-infinity'::double precision, array[member_count]);
    is_undecided boolean[] := array_fill(false, array[member_count]);
    passed_over integer[];
    one integer;
    other integer;
    evident_one integer;
    evident_other integer;
    swapped integer;
    kind smallint := 0;
begin
    if has_conflicts then
        given_conflicts := array_fill(0::smallint, array[member_count * member_count]);
        given_evident_conflicts := given_conflicts;
        for place in 1..cardinality(conflict_lefts) loop
            one := (conflict_lefts[place] - 1) * member_count + conflict_rights[place];
            other := (conflict_rights[place] - 1) * member_count + conflict_lefts[place];
            kind := conflict_kinds[place];
            if kind >= {{ conflict_kind('closed') }} then
                given_conflicts[one] := greatest(given_conflicts[one], kind);
                given_conflicts[other] := given_conflicts[one];
            else
                given_evident_conflicts[one] := greatest(given_evident_conflicts[one], kind);
                given_evident_conflicts[other] := given_evident_conflicts[one];
            end if;
        end loop;
    end if;
    -- Twice: the second time without those that the first found to fit two groups that may not be one.
    for round in 1..2 loop
        parents := array(select generate_series(1, member_count));
        evident_parents := parents;
        sizes := array_fill(1, array[member_count]);
        conflicts := given_conflicts;
        evident_conflicts := given_evident_conflicts;
        passed_over := '{}';
        for place in 1..link_count loop
            continue when is_undecided[lefts[place]] or is_undecided[rights[place]];
            is_decided := strengths[place] >= decided_strength;
            one := lefts[place];
            while parents[one] <> one loop
                parents[one] := parents[parents[one]];
                one := parents[one];
            end loop;
            other := rights[place];
            while parents[other] <> other loop
                parents[other] := parents[parents[other]];
                other := parents[other];
            end loop;
            continue when one <> other and sizes[one] + sizes[other] > largest_group;
            if has_conflicts then
                evident_one := lefts[place];
                while evident_parents[evident_one] <> evident_one loop
                    evident_parents[evident_one] := evident_parents[evident_parents[evident_one]];
                    evident_one := evident_parents[evident_one];
                end loop;
                evident_other := rights[place];
                while evident_parents[evident_other] <> evident_other loop
                    evident_parents[evident_other] := evident_parents[evident_parents[evident_other]];
                    evident_other := evident_parents[evident_other];
                end loop;
                kind := 0;
                if one <> other then
                    kind := conflicts[(one - 1) * member_count + other];
                end if;
                if kind < {{ conflict_kind('closed') }} and not is_decided and evident_one <> evident_other then
                    kind := evident_conflicts[(evident_one - 1) * member_count + evident_other];
                end if;
                if kind = {{ conflict_kind('hard') }}
                    or (kind in ({{ conflict_kind('firm') }}, {{ conflict_kind('closed') }}) and not is_decided)
                    or (kind = {{ conflict_kind('soft') }} and strengths[place] < identified_strength)
                then
                    if one <> other then
                        passed_over := passed_over || place;
                    end if;
                    continue;
                end if;
            end if;
            best_strengths[lefts[place]] := greatest(best_strengths[lefts[place]], strengths[place]);
            best_strengths[rights[place]] := greatest(best_strengths[rights[place]], strengths[place]);
            if has_conflicts and not is_decided and evident_one <> evident_other then
                evident_parents[evident_other] := evident_one;
                for member in 1..member_count loop
                    kind := greatest(
                        evident_conflicts[(evident_one - 1) * member_count + member],
                        evident_conflicts[(evident_other - 1) * member_count + member]
                    );
                    evident_conflicts[(evident_one - 1) * member_count + member] := kind;
                    evident_conflicts[(member - 1) * member_count + evident_one] := kind;
                end loop;
            end if;
            continue when one = other;
            if one > other then
                swapped := one;
                one := other;
                other := swapped;
            end if;
            parents[other] := one;
            sizes[one] := sizes[one] + sizes[other];
            if has_conflicts then
                for member in 1..member_count loop
                    kind := greatest(
                        conflicts[(one - 1) * member_count + member], conflicts[(other - 1) * member_count + member]
                    );
                    conflicts[(one - 1) * member_count + member] := kind;
                    conflicts[(member - 1) * member_count + one] := kind;
                end loop;
            end if;
        end loop;
        exit when cardinality(passed_over) = 0;
        for place in 1..cardinality(passed_over) loop
            one := lefts[passed_over[place]];
            other := rights[passed_over[place]];
            continue when greatest(
                given_conflicts[(one - 1) * member_count + other], given_evident_conflicts[(one - 1) * member_count + other]
            ) > 0;
            if strengths[passed_over[place]] >= best_strengths[one] - undecided_margin and best_strengths[one] > '-infinity' then
                is_undecided[one] := true;
            end if;
            if strengths[passed_over[place]] >= best_strengths[other] - undecided_margin and best_strengths[other] > '-infinity' then
                is_undecided[other] := true;
            end if;
        end loop;
    end loop;
    for member in 1..member_count loop
        one := member;
        while parents[one] <> one loop
            one := parents[one];
        end loop;
        parents[member] := one;
    end loop;
    return parents;
end
