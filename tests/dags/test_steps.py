"""The body of a task."""

import pytest

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.filterwarnings("ignore"),  # Airflow's own, about its own dependencies
    pytest.mark.usefixtures("airflow_home"),
]


@pytest.mark.parametrize(
    ("rows", "sizes"),
    [(0, [1]), (1, [1]), (99, [99]), (199, [199]), (200, [100, 100]), (300, [100] * 3), (1000, [334] * 3)],
)
def test_chunks_are_few_and_of_like_size(rows: int, sizes: list[int]) -> None:
    from newsdesk.airflow.steps import chunk_sizes

    assert chunk_sizes(rows) == sizes
    assert sum(sizes) >= rows


def test_a_wrong_setting_fails_the_task_without_another_try(monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    from newsdesk.airflow.steps import entry_chunks

    monkeypatch.setenv("NEWSDESK_LEDGER_ULR", "sqlite://")
    with pytest.raises(AirflowFailException, match="NEWSDESK_LEDGER_ULR is not a setting; did you mean"):
        entry_chunks()
