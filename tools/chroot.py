"""Run the steps of Containerfile without a container engine, in a folder that holds Debian, and grade a class there.

    python -m tools.chroot bookworm trixie

This needs root and mmdebstrap. What the network needs here (name servers, certificates, the settings of apt and pip) is
lent to the steps and stays out of the folder. Then `gd doctor` and `gd demo` run as an ordinary user and as root on
three machines: one with namespaces; one on which user namespaces are refused, as they are to every process behind a
plain chroot; and one where root has just the capabilities that compose.yaml leaves to the service `grade`.
"""

import argparse
import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tools.containerfile import Context, Instruction, RefusalError, assignments, filled_in, instructions

ROOT = Path(__file__).parents[1]
CONTAINERFILE, COMPOSE = ROOT / "Containerfile", ROOT / "compose.yaml"
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

NAMES = ("/etc/resolv.conf", "/etc/hosts")
"""How this machine finds others; the steps see these files in their own place."""

CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
LENT = "/run/lent"
"""Where the steps see what else the network needs of this machine, so that no package finds its own place taken."""

LENT_VARIABLES = re.compile(r"(PIP|UV)_\w+|\w+_(proxy|PROXY)|SSL_CERT_FILE|(REQUESTS|CURL)_CA_BUNDLE")
_PATH = re.compile(r"(?<![\w/.])(file://)?(/[^\s'\":,]+)")

# Everything that is mounted goes with the namespace.
ENTER = """
set -e
mount --bind "$ROOT" "$ROOT"
mount -t proc proc "$ROOT/proc"
mount --rbind /sys "$ROOT/sys"
mount --rbind /dev "$ROOT/dev"
lend() {
  if [ -d "$1" ]; then mkdir -p "$2"; else mkdir -p "${2%/*}"; [ -e "$2" ] || : > "$2"; fi
  mount --bind -o ro "$1" "$2"
}
mkdir -p "$ROOT/run/lent"
mount -t tmpfs tmpfs "$ROOT/run/lent"
for path in $NAMES; do lend "$path" "$ROOT$path"; done
for path in $LENT; do lend "$path" "$ROOT/run/lent$path"; done
cd "$ROOT"
if [ "$NAMESPACES" ]; then
  pivot_root . .
  umount -l .
  exec "$@"
fi
exec chroot . "$@"
"""


@dataclass(frozen=True)
class Machine:
    """Who grades, on what kind of machine, and whether `gd doctor` finds a sandbox there that need not be allowed."""

    user: str
    kind: str
    sandboxed: bool

    def __str__(self) -> str:
        return f"{self.user}, {self.kind}"


MACHINES = (
    Machine("course", "namespaces", sandboxed=True),
    Machine("root", "namespaces", sandboxed=True),
    Machine("course", "chroot", sandboxed=False),
    Machine("root", "chroot", sandboxed=True),
    Machine("root", "compose.yaml", sandboxed=True),
)


@dataclass
class Step:
    """What was done, how long it took and what came of it."""

    name: str
    seconds: float
    result: str
    good: bool


@dataclass
class Build:
    """A folder that becomes what the image would be."""

    release: str
    folder: Path
    log: Path
    variables: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    user: str = "root"
    place: str = "/"
    stage: str = ""
    entry: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def build(self) -> bool:
        """Follow the Containerfile until it ends or a step fails."""
        return all(self.follow(instruction) for instruction in instructions(CONTAINERFILE.read_text(encoding="utf-8")))

    def follow(self, instruction: Instruction) -> bool:  # noqa: C901 - one case for each keyword
        """Do what one instruction says; return whether that worked."""
        match instruction.keyword:
            case "FROM":
                return self.begin(filled_in(instruction, self.variables), instruction.line)
            case "ARG":
                self.variables |= assignments(filled_in(instruction, self.variables))
                if "DEBIAN" in self.variables:
                    self.variables["DEBIAN"] = self.release
            case "ENV":
                self.environment |= assignments(filled_in(instruction, self.known))
            case "USER":
                self.user = filled_in(instruction, self.known)
            case "WORKDIR":
                self.place = filled_in(instruction, self.known)
                (self.folder / self.place.lstrip("/")).mkdir(parents=True, exist_ok=True)
            case "COPY":
                return self.copy(filled_in(instruction, self.known).split(), instruction)
            case "RUN" if isinstance(instruction.value, str):
                builder = Machine(self.user, "namespaces", sandboxed=True)
                return self.timed(str(instruction), *self.entered(["/bin/sh", "-c", instruction.value], builder))
            case "ENTRYPOINT" if isinstance(instruction.value, list):
                self.entry = instruction.value
            case "CMD" if isinstance(instruction.value, list):
                self.command = instruction.value
            case "EXPOSE":
                pass  # what listens here listens on this machine already
            case _:
                raise RefusalError(f"Line {instruction.line}: {instruction} is not understood in this form.")
        return True

    @property
    def known(self) -> dict[str, str]:
        """The variables that an instruction may name."""
        return {"PATH": SYSTEM_PATH} | self.variables | self.environment

    def begin(self, text: str, line: int) -> bool:
        """Make Debian, or go on with the stage before."""
        image, _, name = text.partition(" AS ")
        if self.stage:
            if image != self.stage:
                raise RefusalError(f"Line {line}: a stage can only go on from the one before, {self.stage}.")
        elif image != f"debian:{self.release}-slim":
            raise RefusalError(f"Line {line}: {image} is not debian:{self.release}-slim.")
        self.stage, self.user, self.place = name, "root", "/"
        if any(self.folder.iterdir()):
            return True
        command = [
            "mmdebstrap",
            "--variant=minbase",
            *apt_options(),
            self.release,
            str(self.folder),
            *mirrors(self.release),
        ]
        return self.timed(f"FROM {text}", command, dict(os.environ))

    def copy(self, words: list[str], instruction: Instruction) -> bool:
        """Copy what .dockerignore lets through."""
        if words != [".", "."]:
            raise RefusalError(f"Line {instruction.line}: only `COPY . .` is understood here.")
        context, began = Context.of(ROOT), time.monotonic()
        target = self.folder / self.place.lstrip("/")
        for source in (context.folder / name for name in context.names):
            if source.is_dir():
                shutil.copytree(source, target / source.name, ignore=shutil.ignore_patterns(*context.nowhere))
            else:
                shutil.copy2(source, target)
        subprocess.run(["chown", "-R", "root:root", str(target)], check=True)
        self.note(Step(str(instruction), time.monotonic() - began, "ok", good=True))
        return True

    def entered(self, command: list[str], machine: Machine) -> tuple[list[str], dict[str, str]]:
        """Return the command that runs another one in the folder, and its environment."""
        home = "/root" if machine.user == "root" else f"/home/{machine.user}"
        who = ["setpriv", "--reuid", machine.user, "--regid", machine.user, "--init-groups"]
        if machine.kind == "compose.yaml":
            kept = ",".join(f"+{name.lower()}" for name in capabilities())
            who = ["setpriv", "--no-new-privs", "--inh-caps=-all", f"--bounding-set=-all,{kept}"]
        lent = lent_variables()
        inside = {name: as_lent(value) for name, value in lent.items()} | self.environment
        words = [f"{name}={value}" for name, value in ({"PATH": SYSTEM_PATH, "HOME": home} | inside).items()]
        there = ["/bin/sh", "-c", f'cd {shlex.quote(self.place)} && exec "$@"', "sh", *command]
        outer = [
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "--propagation",
            "private",
            "sh",
            "-c",
            ENTER,
            "sh",
        ]
        settings = {
            "ROOT": str(self.folder),
            "LENT": " ".join(lent_paths(lent)),
            "NAMES": " ".join(NAMES),
            "PATH": SYSTEM_PATH,
        }
        settings["NAMESPACES"] = "yes" if machine.kind == "namespaces" else ""
        return [*outer, "env", "-i", *words, *who, *there], settings

    def timed(self, name: str, command: list[str], environment: dict[str, str], succeeds: bool = True) -> bool:
        """Run a command with its output in the log, and note how it ended."""
        began = time.monotonic()
        with self.log.open("a", encoding="utf-8") as log:
            print(f"\n==> {name}", file=log, flush=True)
            before = log.tell()
            code = subprocess.run(command, env=environment, stdout=log, stderr=log, check=False).returncode
        good = (code == 0) == succeeds
        with self.log.open(encoding="utf-8", errors="replace") as log:
            log.seek(before)
            lines = [line.strip() for line in log if line.strip()]
        last = lines[-1] if lines and name.startswith("gd") else ""
        if last and (profile := [line for line in lines if "profile:" in line]):
            last = f"{profile[-1].split('profile:')[1].strip()}: {last}"
        self.note(Step(name, time.monotonic() - began, last or ("ok" if code == 0 else f"exit code {code}"), good))
        return good

    def note(self, step: Step) -> None:
        """Keep a step, and show it."""
        self.steps.append(step)
        mark = "" if step.good else "FAILED: "
        line = f"{self.release:9} {_short(step.name, 46):46} {step.seconds:6.0f}  {mark}{_short(step.result, 100)}"
        print(line, flush=True)
        with self.log.open("a", encoding="utf-8") as log:
            print(f"<== {line}", file=log)

    def grade(self, students: int) -> None:
        """Run the image's own command, and a class, on each machine."""
        for number, machine in enumerate(MACHINES):
            doctor, environment = self.entered([*self.entry, *self.command], machine)
            self.timed(f"gd doctor ({machine})", doctor, environment, machine.sandboxed)
            # The demonstration trusts the class that it made up, and goes on without what a machine lacks.
            out = f"/tmp/demo-{number}"  # noqa: S108 - a folder of the chroot
            demo, environment = self.entered([*self.entry, "demo", "--students", str(students), "--out", out], machine)
            self.timed(f"gd demo ({machine})", demo, environment)


def capabilities() -> list[str]:
    """Return the capabilities that compose.yaml leaves to root where it grades."""
    grade = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]["grade"]
    return list(grade["cap_add"])


def mirrors(release: str) -> list[str]:
    """Return the lines for apt that this machine uses for its own release of Debian, and elsewhere none."""
    facts = assignments(Path("/etc/os-release").read_text(encoding="utf-8"))
    if facts.get("ID") != "debian":
        return []
    own, form = facts["VERSION_CODENAME"], "$(SITE) $(RELEASE) $(COMPONENT) $(ORIGIN)"
    told = _output("apt-get", "indextargets", "--format", form, "Created-By: Packages").splitlines()
    found = (line.split() for line in told)
    return [
        f"deb {site} {suite.replace(own, release)} {part}" for site, suite, part, *_ in found if suite.startswith(own)
    ]


def apt_options() -> list[str]:
    """Return what this machine tells apt of proxies, and of mirrors that are kept as they were."""
    told = _output("apt-config", "dump", "Acquire").splitlines()
    wanted = (line for line in told if re.match(r"Acquire::(Check-|https?::(Proxy|CaInfo))", line))
    return [f"--aptopt={line}" for line in wanted]


def lent_variables() -> dict[str, str]:
    """Return the settings of the network that are in the environment, and those of pip that are in its files."""
    variables = {name: CERTIFICATES for name in ("SSL_CERT_FILE", "PIP_CERT") if Path(CERTIFICATES).exists()}
    for line in _output("python3", "-m", "pip", "config", "list").splitlines():
        name, _, value = line.partition("=")
        if name.startswith(("global.", "install.")):
            variables["PIP_" + name.split(".", 1)[1].upper().replace("-", "_")] = ast.literal_eval(value)
    return variables | {name: value for name, value in os.environ.items() if LENT_VARIABLES.fullmatch(name)}


def lent_paths(variables: dict[str, str]) -> list[str]:
    """Return the paths of this machine that settings name."""
    told = (path for value in variables.values() for _, path in _PATH.findall(value))
    # An index of packages points to files beside it.
    places = (str(Path(path).parent) if path.endswith("/simple") else path for path in told)
    paths = dict.fromkeys(path for path in places if Path(path).exists())
    return [path for path in paths if not any(path.startswith(f"{other}/") for other in paths)]


def as_lent(value: str) -> str:
    """Return a setting that names the places where the steps see what it names."""
    return _PATH.sub(lambda found: f"{found[1] or ''}{LENT if Path(found[2]).exists() else ''}{found[2]}", value)


@contextmanager
def folder_for(release: str, keep: bool) -> Iterator[Path]:
    """Make an empty folder below build/, and remove it in the end unless it shall stay."""
    folder = ROOT / "build" / "chroot" / release
    _remove(folder)
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        if not keep:
            _remove(folder)


def _remove(folder: Path) -> None:
    subprocess.run(["rm", "-rf", "--one-file-system", str(folder)], check=True)


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _short(text: str, width: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 3] + "..."


def main() -> int:
    """Build each release and grade there; return 1 if anything came otherwise than expected."""
    parser = argparse.ArgumentParser(prog="python -m tools.chroot", description=__doc__.splitlines()[0])
    parser.add_argument("releases", nargs="+", metavar="RELEASE", help="a release of Debian: bookworm, trixie")
    parser.add_argument("--students", type=int, default=8, help="how many students the class has (default: 8)")
    parser.add_argument("--log", type=Path, default=ROOT / "build" / "chroot", help="where the complete output goes")
    parser.add_argument("--keep", action="store_true", help="leave the folders in build/chroot/")
    options = parser.parse_args()
    if os.geteuid() != 0 or shutil.which("mmdebstrap") is None:
        print("This needs root, and mmdebstrap: on Debian and Ubuntu, sudo apt install mmdebstrap", file=sys.stderr)
        return 2
    options.log.mkdir(parents=True, exist_ok=True)
    good = True
    for release in options.releases:
        with folder_for(release, options.keep) as folder:
            log = options.log / f"{release}.log"
            log.write_text("", encoding="utf-8")
            build = Build(release, folder, log)
            try:
                if build.build():
                    build.grade(options.students)
            except RefusalError as refusal:
                print(f"Containerfile: {refusal}", file=sys.stderr)
                return 2
            except KeyboardInterrupt:
                print("Stopped.", file=sys.stderr)
                return 130
            good = good and all(step.good for step in build.steps)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
