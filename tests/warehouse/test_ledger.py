"""The ledger cannot be made to say something false: the database refuses."""

import psycopg
import pytest

DELIVERY = """
    insert into ledger.deliveries (
        delivery_id, sha256, feed, contract_version, file_name, byte_count, line_count, state,
        structural_count, accepted_count, received_at
    ) values (1, repeat('a', 64), 'police__missing_episodes', '1.0.0', 'x.csv', 10, 3, 'landed', 1, 2, '2026-03-02Z')
"""


def commit(admin: psycopg.Connection, *statements: str) -> None:
    with admin.transaction():
        for statement in (DELIVERY, *statements):
            admin.execute(statement.encode())


def fate(first: int, last: int, fate: str) -> str:
    return f"insert into ledger.line_fates values (1, '[{first},{last}]', '{fate}')"


def test_a_delivery_whose_every_line_has_a_fate_commits(admin: psycopg.Connection) -> None:
    commit(admin, fate(1, 1, "structural"), fate(2, 3, "landed"))
    assert admin.execute("select count(*) from ledger.line_fates").fetchone() == (2,)


@pytest.mark.parametrize(
    ("fates", "error"),
    [
        pytest.param([], psycopg.errors.CheckViolation, id="no fates at all"),
        pytest.param([(1, 1, "structural"), (2, 2, "landed")], psycopg.errors.CheckViolation, id="a line forgotten"),
        pytest.param([(1, 1, "structural"), (2, 4, "landed")], psycopg.errors.CheckViolation, id="a line invented"),
        pytest.param([(1, 2, "structural"), (2, 3, "landed")], psycopg.errors.ExclusionViolation, id="two fates"),
        pytest.param([(1, 2, "structural"), (3, 3, "landed")], psycopg.errors.CheckViolation, id="counts disagree"),
    ],
)
def test_a_delivery_whose_fates_do_not_add_up_cannot_commit(
    admin: psycopg.Connection, fates: list[tuple[int, int, str]], error: type[psycopg.Error]
) -> None:
    with pytest.raises(error):
        commit(admin, *(fate(*line) for line in fates))
    assert admin.execute("select count(*) from ledger.deliveries").fetchone() == (0,)


def test_a_settled_delivery_has_no_line_still_waiting(admin: psycopg.Connection) -> None:
    commit(admin, fate(1, 1, "structural"), fate(2, 3, "landed"))
    with pytest.raises(psycopg.errors.CheckViolation):
        admin.execute("update ledger.deliveries set state = 'accepted', settled_at = received_at, settled_no = 1")


def test_a_fate_taken_away_afterwards_is_noticed(admin: psycopg.Connection) -> None:
    commit(admin, fate(1, 1, "structural"), fate(2, 3, "landed"))
    with pytest.raises(psycopg.errors.CheckViolation):
        admin.execute("delete from ledger.line_fates where fate = 'landed'")


def test_constraints_made_immediate_do_not_rely_on_an_older_check(admin: psycopg.Connection) -> None:
    forgetting = "delete from ledger.line_fates where fate = 'landed'"
    with pytest.raises(psycopg.errors.CheckViolation):
        commit(admin, fate(1, 1, "structural"), fate(2, 3, "landed"), "set constraints all immediate", forgetting)


def test_a_delivery_of_very_many_ranges_is_checked_once(admin: psycopg.Connection) -> None:
    commit(
        admin,
        "update ledger.deliveries set line_count = 40000, structural_count = 20000, accepted_count = 20000",
        "insert into ledger.line_fates select 1, int8range(n, n + 1),"
        " case when n % 2 = 0 then 'landed' else 'structural' end from generate_series(1, 40000) as n",
    )
    assert admin.execute("select count(*) from ledger.line_fates").fetchone() == (40000,)
