"""The flows under a real Prefect server: runs, typed parameters, deployments, the lock, the command line."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
import yaml
from prefect.client.orchestration import get_client
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.testing.utilities import prefect_test_harness
from prefect.utilities.callables import parameter_schema

import flows.quiet  # noqa: F401  # before Prefect is imported
from flows.backfill import backfill, publish
from flows.lock import HouseLocked, only_writer
from flows.nightly import nightly
from flows.status import status
from tests.flows.nights import IN_MARCH, LOANS, laid

pytestmark = [pytest.mark.prefect, pytest.mark.slow]
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=90):
        yield


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of the environment point to a folder of this test, with the loans of 2021-02 dropped in."""
    laid(tmp_path, LOANS, ("2021-02",))
    monkeypatch.setenv("YUEJI_ROOT", str(tmp_path))
    monkeypatch.setenv("YUEJI_SETTLE_SECONDS", "0.01")
    return tmp_path


@pytest.mark.usefixtures("server")
def test_a_night_runs_as_a_flow_of_few_tasks_and_leaves_its_summary(root: Path) -> None:
    state = nightly(IN_MARCH, return_state=True)
    night = state.result()
    assert night.exit_code == 0
    assert [p.name for p in night.published if "江北区" in p.name and p.parent.name == "monthly"]
    with get_client(sync_client=True) as client:
        runs = client.request("POST", "/task_runs/filter", json={}).json()
        names = {run["name"].rpartition("-")[0] for run in runs}
        (artifact,) = client.request("POST", "/artifacts/latest/filter", json={}).json()
    assert {"收取", "读取", "审核", "回执", "勾稽", "差异台账", "发布"} <= names
    assert len(runs) < 20
    assert "区金融办" in artifact["data"]
    assert "月调度表(2021年2月)" in artifact["data"]
    again = nightly(IN_MARCH.replace(day=13))
    assert again.published == ()
    assert status("2021-02", IN_MARCH.replace(day=13)).count("已接收") == 1


@pytest.mark.usefixtures("server")
def test_a_backfill_publishes_the_months_and_their_quarter(root: Path) -> None:
    nightly(IN_MARCH)
    paths = backfill("2021-01", "2021-02", date(2021, 3, 12))
    assert "江北区优化营商环境月调度表(2021年1月).xlsx" in [p.name for p in paths]
    assert (root / "outbound/江北区/monthly/江北区优化营商环境月调度表(2021年1月).xlsx").exists()


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(("flow", "parameters"), [
    (backfill, {"first": "2021-13", "last": "2021-02"}),
    (backfill, {"first": "2021-01", "last": "February"}),
    (publish, {"product": "weekly", "ref_period": "2021-01"}),
    (nightly, {"as_of": "yesterday"}),
])  # fmt: skip
def test_a_parameter_that_makes_no_sense_is_refused(flow: Flow[..., object], parameters: dict[str, object]) -> None:
    with pytest.raises(Exception, match=r"validation|Validation|match|valid"):
        flow.validate_parameters(parameters)


def test_the_deployments_name_flows_that_exist_and_their_forms_are_typed() -> None:
    declared = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    by_name = {d["name"]: d for d in declared["deployments"]}
    (schedule,) = by_name["nightly"]["schedules"]
    assert (schedule["cron"], schedule["timezone"]) == ("30 1 * * *", "Asia/Shanghai")
    for deployment in by_name.values():
        flow = load_flow_from_entrypoint(str(ROOT / deployment["entrypoint"]))
        properties = parameter_schema(flow).properties
        assert all("type" in p or "anyOf" in p for p in properties.values())
        assert set(deployment.get("parameters", {})) <= set(properties)
    assert "pattern" in parameter_schema(backfill).properties["first"]


def test_two_runs_cannot_write_at_once(tmp_path: Path) -> None:
    with only_writer(tmp_path), pytest.raises(HouseLocked, match="正在写入"), only_writer(tmp_path):
        pass
    with only_writer(tmp_path):
        pass


def yueji(*arguments: str, root: Path, shell: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "YUEJI_ROOT": str(root),
        "PREFECT_HOME": str(root / "prefect"),
        "PREFECT_LOGGING_LEVEL": "ERROR",
    }
    environment.pop("PREFECT_API_URL", None)
    command = [*shell, sys.executable, "-m", "flows.cli", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def without_a_network() -> list[str]:
    """A shell in which there is no network but loopback, where this machine allows one to be made."""
    shell = ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if not shutil.which("unshare") or not shutil.which("ip"):
        return []
    return shell if subprocess.run([*shell, "true"], capture_output=True, check=False).returncode == 0 else []


def test_the_command_line_runs_a_night_without_a_server_or_a_network_and_prints_the_table(root: Path) -> None:
    done = yueji("nightly", "--as-of", "2021-03-12T01:30", root=root, shell=without_a_network())
    assert done.returncode == 0, done.stderr
    assert "区金融办" in done.stdout
    assert "outbound/江北区/monthly/江北区优化营商环境月调度表(2021年2月).xlsx" in done.stdout


def test_a_wrong_word_on_the_command_line_is_usage(tmp_path: Path) -> None:
    done = yueji("publish", "2022-13", root=tmp_path)
    assert done.returncode == 2
    assert "请写成 2022-08" in done.stderr
    assert done.stdout == ""
