"""The hand-worked scenarios as facts documents, and how a result is compared with what they expect."""

import json
from pathlib import Path

import yaml

SCENARIOS = yaml.safe_load(Path(__file__).with_name("scenarios.yaml").read_text(encoding="utf-8"))["scenarios"]


def document_of(scenario: dict) -> dict:
    """The facts document of a scenario."""
    document = {"id": scenario["id"], "as_of": scenario["as_of"], "settings": scenario.get("settings", {})}
    return json.loads(json.dumps({**document, **scenario["input"]}, default=str))


def differences(expected: dict, result: dict) -> list[str]:
    """What the result lacks or has otherwise; a scenario names only what is worth asserting of some fields."""
    found = []
    if set(expected["leads"]) != set(result["leads"]):
        found.append(f"leads {sorted(result['leads'])}")
    for lead, wanted in expected["leads"].items():
        found += [f"{lead}: {text}" for text in _of_lead(wanted, result["leads"].get(lead, {}))]
    found += _of_list("conflicts", expected.get("conflicts", []), result["conflicts"], complete=True)
    found += _of_list("payouts", [{"overdue": False, **one} for one in expected.get("payouts", [])],
                      [{"overdue": False, **one} for one in result["payouts"]], complete=True)
    found += _of_list("clocks", expected.get("clocks", []), result["clocks"], complete=False)
    found += _of_list("duties", expected.get("duties", []), result["duties"], complete=False)
    return found


def _of_lead(wanted: dict, got: dict) -> list[str]:
    found = []
    for name, value in wanted.items():
        if name == "criteria":
            found += [
                f"{criterion} is {got['criteria'].get(criterion)}, not {verdict}"
                for criterion, verdict in value.items()
                if got["criteria"].get(criterion) != verdict
            ]
        elif name == "flags":
            found += [f"flag {flag} is missing" for flag in value if flag not in got["flags"]]
        elif name == "pending_on":
            if set(value) != set(got["pending_on"]):
                found.append(f"pending on {sorted(got['pending_on'])}, not {sorted(value)}")
        elif got.get(name) != value:
            found.append(f"{name} is {got.get(name)!r}, not {value!r}")
    return found


def _of_list(name: str, wanted: list[dict], got: list[dict], complete: bool) -> list[str]:
    wanted = json.loads(json.dumps(wanted, default=str))
    missing = [one for one in wanted if one not in got]
    surplus = [one for one in got if one not in wanted] if complete else []
    return [f"{name}: {one} is missing" for one in missing] + [f"{name}: {one} is too much" for one in surplus]
