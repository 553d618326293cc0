"""The parser of Containerfile's instructions, and that whatever makes a container sets up the same thing."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from tools.chroot import as_lent, capabilities
from tools.containerfile import Context, Instruction, RefusalError, assignments, filled_in, instructions

ROOT = Path(__file__).parents[2]
DEBIAN = {"bookworm": "3.11", "trixie": "3.13"}
"""The Python of each release that `make chroot` builds."""


@pytest.fixture(scope="module")
def containerfile():
    return instructions((ROOT / "Containerfile").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]


@pytest.fixture(scope="module")
def devcontainer():
    return json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def supported():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return SpecifierSet(project["requires-python"])


def test_lines_that_are_continued_are_one_instruction_and_comments_are_none():
    text = '# why\nARG A=1\n\nrun one \\\n    # between\n    && two\nCMD ["a b", "c"]\n'
    assert instructions(text) == [
        Instruction("ARG", "A=1", 2),
        Instruction("RUN", "one && two", 4),
        Instruction("CMD", ["a b", "c"], 7),
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("ARG A=1\nHEALTHCHECK true", "Line 2: HEALTHCHECK is not understood"),
        ("COPY --chown=somebody . .", "Line 1: options of COPY are not understood"),
        ("RUN one \\", "Line 1: the instruction has no end"),
        ("USER", "Line 1: USER says nothing"),
    ],
)
def test_what_is_not_understood_is_refused(text, complaint):
    with pytest.raises(RefusalError, match=re.escape(complaint)):
        instructions(text)


def test_variables_are_filled_in_and_one_without_a_value_is_refused():
    instruction = Instruction("FROM", "debian:${DEBIAN}-slim", 3)
    assert filled_in(instruction, {"DEBIAN": "trixie"}) == "debian:trixie-slim"
    with pytest.raises(RefusalError, match="Line 3"):
        filled_in(instruction, {})


def test_assignments_keep_what_is_quoted_and_leave_out_what_has_no_value():
    assert assignments('A=1 B="two words" C') == {"A": "1", "B": "two words"}


@pytest.mark.parametrize("rules", ["!data", "*\n!data/*.csv", "*\ndata"])
def test_a_dockerignore_that_may_let_more_through_is_refused(tmp_path, rules):
    (tmp_path / ".dockerignore").write_text(rules)
    with pytest.raises(RefusalError, match="dockerignore"):
        Context.of(tmp_path)


def test_settings_name_what_is_lent_and_addresses_stay(tmp_path):
    there = tmp_path / "simple"
    there.mkdir()
    assert as_lent(f"file://{there} {there}") == f"file:///run/lent{there} /run/lent{there}"
    assert as_lent("https://index.example/etc/") == "https://index.example/etc/"


def test_the_image_holds_what_git_holds_and_nothing_private():
    names = set(Context.of(ROOT).names)
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    assert names <= {path.split("/")[0] for path in tracked}
    # All of these hold marks, submissions or the secret of a course, once somebody grades here.
    assert not names & {"submitted", "autograded", "feedback", ".gd-secret", "gradebook.db", "demo", ".venv", ".git"}


def test_the_image_holds_what_its_package_is_built_from():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*project["project"]["license-files"], project["project"]["readme"], *wheel["packages"], "constraints.txt"}
    needed |= {path.split("/")[0] for path in wheel["force-include"]}
    assert needed <= set(Context.of(ROOT).names)


def test_everything_is_set_up_by_the_same_target(containerfile, devcontainer):
    (target,) = re.findall(
        r"^(\w+): \$\(READY\) ## set everything up", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    command = f"make {target}"
    assert any(command in str(step) for step in containerfile if step.keyword == "RUN")
    assert devcontainer["postCreateCommand"] == command
    assert f"\n{command} PYTHON=" in (ROOT / ".binder" / "postBuild").read_text(encoding="utf-8")


def test_every_python_is_one_that_the_project_supports(containerfile, supported):
    (default,) = (assignments(step.value)["DEBIAN"] for step in containerfile if step.keyword == "ARG")
    (built,) = re.findall(r"^DEBIAN \?= (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert default in built.split()
    assert set(built.split()) == set(DEBIAN)
    (binder,) = re.findall(
        r"^python-(3\.\d+)$", (ROOT / ".binder" / "runtime.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert all(f"{version}.1" in supported for version in (*DEBIAN.values(), binder))


def test_the_devcontainer_begins_at_a_stage_and_as_a_user_of_the_containerfile(containerfile, devcontainer):
    build = devcontainer["build"]
    assert (ROOT / ".devcontainer" / build["dockerfile"]).resolve() == ROOT / "Containerfile"
    assert build["target"] in [step.value.split(" AS ")[1] for step in containerfile if step.keyword == "FROM"]
    assert [step.value for step in containerfile if step.keyword == "USER"] == [devcontainer["remoteUser"]]


def test_compose_builds_the_containerfile_and_shows_the_port_to_this_machine_alone(containerfile, compose):
    assert all((ROOT / service["build"]["dockerfile"]).exists() for service in compose.values())
    (port,) = (step.value for step in containerfile if step.keyword == "EXPOSE")
    assert compose["lab"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert "user" not in compose["lab"]


def test_grading_in_a_container_gets_no_more_than_an_engine_gives_anyway(compose):
    # What Docker leaves to root without being asked; see docs/security.md for what each is for.
    given = {
        "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "NET_BIND_SERVICE",
        "NET_RAW", "SYS_CHROOT", "MKNOD", "AUDIT_WRITE", "SETFCAP",
    }  # fmt: skip
    grade = compose["grade"]
    assert grade["cap_drop"] == ["ALL"]
    assert set(capabilities()) < given
    assert grade["security_opt"] == ["no-new-privileges:true"]
    assert grade["network_mode"] == "none"
    assert not {"privileged", "devices", "pid", "ipc", "userns_mode"} & set(grade)
