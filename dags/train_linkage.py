"""Airflow DAG that trains new match weights every month and asks a person whether they shall be in force.

It proposes and shows figures; without an approval nothing changes. Who answers nothing for three weeks leaves the
proposal as it is, for `frontdoor weights`. What to do with it, and when it is red: docs/runbook.md#new-match-weights
"""

from datetime import timedelta

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import DAG, CronTriggerTimetable, chain, task
from frontdoor.orchestration import steps
from frontdoor.orchestration.policy import AS_OF_TEMPLATE, Impact, Source, dag_options

QUESTION = """
{%- macro known(figure) %}{{ figure if figure >= 0 else 'not known' }}{% endmacro -%}
{%- set told = ti.xcom_pull(task_ids='propose_weights') -%}
Version **{{ '%04d-%02d-%02d-%d' % (told.year, told.month, told.day, told.number) }}** against the weights in force:

| of {{ told.pairs }} pairs kept | |
|---|---|
| would be linked, and are not | {{ told.linked_anew }} |
| would no longer be linked | {{ told.no_longer_linked }} |
| would come up for review | {{ told.reviewed_anew }} |
| would no longer come up | {{ told.no_longer_reviewed }} |
| records, children touched | {{ told.records_touched }}, {{ told.children_touched }} |
| precision, of 10,000 | {{ known(told.old_precision) }} now, {{ known(told.new_precision) }} then |
| recall, of 10,000 | {{ known(told.old_recall) }} now, {{ known(told.new_recall) }} then |
| widest gap of recall, in hundredths of a point | {{ known(told.old_gap) }} now, {{ known(told.new_gap) }} then |

All of the report: `frontdoor weights show VERSION`. How to read it: docs/runbook.md, New match weights.
"""

with DAG(
    "train_linkage",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("0 5 1 * *", timezone="UTC"),
    **dag_options(owner="data team", source=Source.ALL, impact=Impact.TIER_3, runs_within=timedelta(days=25)),
):
    proposed = task.short_circuit(steps.propose_weights)(as_of=AS_OF_TEMPLATE)
    asked = HITLOperator(
        task_id="ask_a_person",
        subject="Shall these match weights be in force?",
        body=QUESTION,
        options=list(steps.WEIGHTS_ANSWERS),
        defaults=steps.LATER,
        response_timeout=timedelta(days=21),
    )
    decided = task(steps.decide_weights)(proposed, answer=asked.output, as_of=AS_OF_TEMPLATE)
    chain(proposed, asked, decided)
