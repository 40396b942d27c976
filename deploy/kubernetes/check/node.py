"""A control plane and nodes of Kubernetes 1.20, each on another host, joined by a separate network."""

import json
import os
import pathlib
import secrets
import signal
import time

from host import WORK, Host

CONTROL = "10.78.0.1"
SERVICES = "10.79.0.0/24"
SERVER = f"https://{CONTROL}:6443"


def _configuration(token):
    """What a client of the API server needs."""
    return json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "check",
        "clusters": [{"name": "check", "cluster": {"server": SERVER, "insecure-skip-tls-verify": True}}],
        "users": [{"name": "check", "user": {"token": token}}],
        "contexts": [{"name": "check", "context": {"cluster": "check", "user": "check"}}]})


class ControlPlane:
    """etcd, API server, controllers and scheduler."""

    def __init__(self, work):
        self.work = work
        self.token = secrets.token_hex(16)
        self.host = Host("control", work)
        self.processes = []
        try:
            self._network()
            self._start()
        except BaseException:
            self.close()
            raise

    def _network(self):
        self.host.run("ip", "link", "add", "hosts", "type", "bridge")
        self.host.run("ip", "link", "set", "hosts", "up")
        self.host.run("ip", "address", "add", f"{CONTROL}/24", "dev", "hosts")
        self.host.run("sysctl", "-q", "net.ipv4.ip_forward=1")

    def _start(self):
        folder = self.host.folder
        self.configuration = folder / "kubeconfig"
        self.configuration.write_text(_configuration(self.token))
        (folder / "tokens.csv").write_text(f'{self.token},check,check,"system:masters"\n')
        self.host.run("openssl", "genrsa", "-out", f"{WORK}/control/accounts.key", "2048")
        here, programs = f"{WORK}/control", f"{WORK}/bin"
        self._process("etcd", "--data-dir", f"{here}/etcd")
        self._process(
            f"{programs}/kube-apiserver", "--etcd-servers=http://127.0.0.1:2379",
            f"--bind-address={CONTROL}", f"--advertise-address={CONTROL}",
            f"--cert-dir={here}/certificates", f"--token-auth-file={here}/tokens.csv", "--authorization-mode=RBAC",
            f"--service-cluster-ip-range={SERVICES}", f"--service-account-key-file={here}/accounts.key",
            f"--service-account-signing-key-file={here}/accounts.key", f"--service-account-issuer={SERVER}",
            "--kubelet-preferred-address-types=InternalIP")
        self._process(
            f"{programs}/kube-controller-manager", f"--kubeconfig={here}/kubeconfig", "--leader-elect=false", "--port=0",
            f"--service-account-private-key-file={here}/accounts.key")
        self._process(f"{programs}/kube-scheduler", f"--kubeconfig={here}/kubeconfig", "--leader-elect=false", "--port=0")

    def _process(self, *words):
        self.processes.append((words[0], self.host.start(*words)))

    def ended(self):
        """The programs that have ended, though nothing asked them to."""
        return [name for name, process in self.processes if process.poll() is not None]

    def close(self):
        self.host.close()


class Node:
    """containerd and kubelet. Pods have addresses from 10.78.NUMBER.0/24."""

    def __init__(self, number, control):
        self.name = f"node-{number}"
        self.address = f"10.78.0.{10 + number}"
        self.pods = f"10.78.{10 + number}.0/24"
        self.host = Host(self.name, control.work)
        self.processes = []
        try:
            self._network(number, control)
            self._settings(control)
            self._process("containerd", "--config", f"{WORK}/{self.name}/containerd.toml")
            self._images(control.work)
            self._process(
                f"{WORK}/bin/kubelet", f"--config={WORK}/{self.name}/kubelet.json", f"--kubeconfig={WORK}/control/kubeconfig",
                f"--hostname-override={self.name}", f"--node-ip={self.address}", "--container-runtime=remote",
                "--container-runtime-endpoint=unix:///run/containerd/containerd.sock", "--pod-infra-container-image=localhost/pause:1")
        except BaseException:
            self.close()
            raise

    def _network(self, number, control):
        self.host.connect("eth0", control.host, f"node{number}")
        control.host.run("ip", "link", "set", f"node{number}", "master", "hosts")
        self.host.run("ip", "address", "add", f"{self.address}/24", "dev", "eth0")
        self.host.run("ip", "route", "add", "default", "via", CONTROL)
        control.host.run("ip", "route", "add", self.pods, "via", self.address)
        self.host.run("sysctl", "-q", "net.ipv4.ip_forward=1")

    def _settings(self, control):
        folder = self.host.folder
        (folder / "cni").mkdir()
        (folder / "cni" / "pods.conflist").write_text(json.dumps({"cniVersion": "0.4.0", "name": "pods", "plugins": [{
            "type": "bridge", "bridge": "pods", "isDefaultGateway": True, "ipMasq": False,
            "ipam": {"type": "host-local", "dataDir": "/run/addresses", "ranges": [[{"subnet": self.pods}]]}}]}))
        (folder / "containerd.toml").write_text(f"""
            version = 2
            root = "/var/lib/containerd"
            state = "/run/containerd"
            oom_score = 0
            [plugins."io.containerd.grpc.v1.cri"]
            sandbox_image = "localhost/pause:1"
            restrict_oom_score_adj = true
            disable_apparmor = true
            [plugins."io.containerd.grpc.v1.cri".cni]
            bin_dir = "/usr/lib/cni"
            conf_dir = "{WORK}/{self.name}/cni"
            """)
        (folder / "kubelet.json").write_text(json.dumps({
            "apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "address": self.address,
            "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}}, "authorization": {"mode": "AlwaysAllow"},
            "cgroupDriver": "cgroupfs", "cgroupsPerQOS": False, "enforceNodeAllocatable": [],
            "failSwapOn": False, "clusterDNS": [CONTROL], "clusterDomain": "cluster.local", "resolvConf": "",
            # Space and memory of the real machine are not what this check is about. No image is removed: none can be pulled again.
            "imageGCHighThresholdPercent": 100, "imageGCLowThresholdPercent": 99,
            "evictionHard": {"memory.available": "50Mi", "nodefs.available": "1%", "imagefs.available": "1%"}}))

    def _images(self, work):
        limit = time.time() + 60
        while not (self.host.folder / "run/containerd/containerd.sock").exists():
            if time.time() > limit:
                raise TimeoutError(f"containerd does not start: {self.host.folder}/log/containerd.log")
            time.sleep(0.1)
        for image in sorted(pathlib.Path(work, "images").glob("*.tar")):
            self.host.run("ctr", "--namespace=k8s.io", "images", "import", f"{WORK}/images/{image.name}")

    def _process(self, *words):
        self.processes.append((words[0], self.host.start(*words)))

    def ended(self):
        return [f"{name} of {self.name}" for name, process in self.processes if process.poll() is not None]

    def kill(self, setting):
        """Kills the processes of this node's pods that have a setting in their environment. Returns how many."""
        found = [folder for folder in pathlib.Path("/proc").glob("[0-9]*") if self._has(folder, setting)]
        for folder in found:
            os.kill(int(folder.name), signal.SIGKILL)
        return len(found)

    def _has(self, folder, setting):
        try:
            return self.host.has(folder) and setting.encode() in (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            return False

    def close(self):
        self.host.close()
