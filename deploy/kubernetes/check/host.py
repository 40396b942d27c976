"""A machine made of namespaces for network, mounts, processes and control groups. Needs root and Linux."""

import ctypes
import os
import pathlib
import signal
import subprocess

# The work folder is at this path in every host, so that no path of the real machine appears in a setting.
WORK = "/mnt"
KINDS = ("--net", "--mount", "--pid", "--cgroup")
_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_CLONE_NEWNET = 0x40000000


def _end_with_parent():
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _hierarchies():
    """The trees of control groups: several with version 1, one with version 2."""
    top = pathlib.Path("/sys/fs/cgroup")
    return [folder for folder in (top, *top.iterdir()) if (folder / "cgroup.procs").exists() and not folder.is_symlink()]


def _group(hierarchy, name):
    group = hierarchy / name
    group.mkdir()
    for limit in ("cpuset.cpus", "cpuset.mems"):
        # With version 1 a new group may use no processor until one is named.
        if (group / limit).exists() and hierarchy.name == "cpuset":
            (group / limit).write_text((hierarchy / limit).read_text())
    return group


class Host:
    """All processes of a host end with it, because its first process holds their namespace; so do its mounts and its network."""

    def __init__(self, name, work):
        self.name = name
        self.folder = pathlib.Path(work, name)
        for part in ("var/lib", "var/log", "run", "log"):
            (self.folder / part).mkdir(parents=True)
        (self.folder / "var/run").symlink_to("/run")
        self.group = f"moe-check-{os.getpid()}-{name}"
        self._groups = [_group(hierarchy, self.group) for hierarchy in _hierarchies()]
        self._first = None
        with open(self.folder / "log" / "unshare.log", "wb") as log:
            self._holder = subprocess.Popen(
                ["unshare", *KINDS, "--fork", "--mount-proc", "--propagation", "private", "--kill-child", "catatonit", "-P"],
                stderr=log, preexec_fn=self._enter_groups)
        try:
            self._first = self._first_process()
            for group in self._groups:
                self.run("mount", "--bind", group, group.parent)
            self.run("mount", "--bind", work, WORK)
            for part in ("var", "run"):
                self.run("mount", "--bind", f"{WORK}/{name}/{part}", f"/{part}")
            self.run("ip", "link", "set", "lo", "up")
        except BaseException:
            self.close()
            raise

    def command(self, *words):
        return ["nsenter", f"--target={self._first}", *KINDS, "--", *map(str, words)]

    def run(self, *words):
        done = subprocess.run(self.command(*words), stdin=subprocess.DEVNULL, capture_output=True, text=True, preexec_fn=self._enter_groups)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, words))}: {done.stderr.strip()}")

    def start(self, *words):
        """Starts a process whose output goes to a file that has its name."""
        name = pathlib.Path(words[0]).name
        with open(self.folder / "log" / f"{name}.log", "ab") as log:
            return subprocess.Popen(
                self.command(*words), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, preexec_fn=self._enter_groups)

    def connect(self, device, other, other_device):
        """Joins two hosts by a pair of network devices."""
        # Only the network of this host: in its /proc the other one cannot be named.
        subprocess.run(
            ["nsenter", f"--target={self._first}", "--net", "ip", "link", "add", device, "type", "veth",
             "peer", "name", other_device, "netns", str(other._first)], check=True)
        self.run("ip", "link", "set", device, "up")
        other.run("ip", "link", "set", other_device, "up")

    def enter_network(self):
        """From now on this program's own sockets, and those of the processes that it starts, are in the network of this host."""
        with open(f"/proc/{self._first}/ns/net", "rb") as file:
            if _LIBC.setns(file.fileno(), _CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")

    def has(self, process):
        """Whether a process of this machine, a folder of /proc, is in a pod of this host."""
        return f"/{self.group}/" in (process / "cgroup").read_text()

    def close(self):
        if self._first:
            os.kill(self._first, signal.SIGKILL)
        else:
            self._holder.kill()
        self._holder.wait()
        # The one thing that does not end with the processes.
        for top in self._groups:
            for folder in sorted([top, *top.rglob("*")], key=lambda path: -len(path.parts)):
                if folder.is_dir():
                    folder.rmdir()

    def _enter_groups(self):
        _end_with_parent()
        for group in self._groups:
            (group / "cgroup.procs").write_text("0")

    def _first_process(self):
        children = pathlib.Path(f"/proc/{self._holder.pid}/task/{self._holder.pid}/children")
        while self._holder.poll() is None:
            found = children.read_text().split()
            # The child is of use when it has become catatonit: its namespaces and /proc are made then.
            if found and pathlib.Path(f"/proc/{found[0]}/comm").read_text().strip() == "catatonit":
                return int(found[0])
        raise RuntimeError(f"namespaces cannot be made: {(self.folder / 'log' / 'unshare.log').read_text().strip() or 'catatonit ended'}")
