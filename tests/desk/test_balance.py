"""Whatever people do with money, in any order: no cent too much or too little."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.desk.balance import Balance


def test_the_books_balance_whatever_is_done_in_any_order(made, tmp_path) -> None:
    Balance.made, Balance.folder = made, tmp_path
    run_state_machine_as_test(Balance, settings=settings(
        max_examples=4, stateful_step_count=25, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck)))
