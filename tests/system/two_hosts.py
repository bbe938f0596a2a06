"""Ranks on two hosts, which are network namespaces joined by a wire, started by mpirun's rsh agent:
the digest is that of one rank, also when the run was stopped, or lost a host, and goes on on one
host."""

import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import time
import unittest

import htdm_program as htdm

AGENT = str(htdm.TESTS / "support" / "enter_host.sh")
ONE, TWO = "htdm-one", "htdm-two"
ADDRESSES = {ONE: "10.213.7.1", TWO: "10.213.7.2"}
# mpirun starts on the first host, and must see the processes that stand for the second.
UNSHARE = {ONE: ["unshare", "--net", "--uts", "--mount"],
           TWO: ["unshare", "--net", "--uts", "--mount", "--pid", "--fork", "--kill-child",
                 "--mount-proc"]}
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"
# A second on one core, and half a minute in tiles of one path, which change no bit.
STUDY = htdm.changed(htdm.TINY, {
    "samplers.t_sde.nu": [2.5, 4.0], "samplers.t_sde.levels": 64, "statistics.batches": 10,
    "statistics.batch_size": 200_000})


def why_not():
    """What is missing for namespaces here, or None."""
    if os.geteuid() != 0:
        return "only root can make network namespaces"
    for tool in ("unshare", "nsenter", "ip"):
        if not shutil.which(tool, path=PATH):
            return f"{tool} is missing; cluster/setup.sh --tests installs it"
    if subprocess.run([*UNSHARE[TWO], "true"], capture_output=True, check=False).returncode != 0:
        return "namespaces are not allowed here (unshare failed)"
    return None


class TwoHosts:
    """Two hosts and a wire between them; gone with the processes that hold them."""

    def __init__(self, folder):
        self.environment = {**os.environ, "HTDM_HOSTS": str(folder), "OMP_NUM_THREADS": "1",
                            "PATH": PATH, "OMPI_ALLOW_RUN_AS_ROOT": "1",
                            "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
        self.folder = folder
        names = [f"{address} {host}" for host, address in ADDRESSES.items()]
        (folder / "hosts").write_text("\n".join(["127.0.0.1 localhost", *names, ""]))
        self._mpirun = folder / "mpirun"
        self._held = {host: subprocess.Popen([*UNSHARE[host], "sleep", "infinity"])
                      for host in ADDRESSES}

    def connect(self):
        """Names the hosts and lays the wire."""
        processes = {ONE: self._held[ONE].pid, TWO: self._child(self._held[TWO].pid)}
        for host, process in processes.items():
            (self.folder / host).write_text(str(process))
            self._wait_for_namespace(process)
        self._run("ip", "link", "add", "wire", "netns", processes[ONE],
                  "type", "veth", "peer", "name", "wire", "netns", processes[TWO])
        for host, address in ADDRESSES.items():
            self.on(host, f"hostname {host} && mount --bind {self.folder}/hosts /etc/hosts && "
                          "mount -t tmpfs tmpfs /dev/shm && ip link set lo up && "
                          f"ip address add {address}/24 dev wire && ip link set wire up")

    @staticmethod
    def _child(process):
        """The first process inside, which unshare forks."""
        children = pathlib.Path(f"/proc/{process}/task/{process}/children")
        while not (found := children.read_text().split()):
            time.sleep(0.01)
        return int(found[0])

    @staticmethod
    def _wait_for_namespace(process):
        while os.readlink(f"/proc/{process}/ns/net") == os.readlink("/proc/self/ns/net"):
            time.sleep(0.01)

    def _run(self, *command):
        return htdm.succeed(subprocess.run([*map(str, command)], env=self.environment,
                                           capture_output=True, text=True, check=False))

    def on(self, host, command):
        """Standard output of a shell command on a host."""
        return self._run(AGENT, host, command)

    def mpirun(self, ranks_each, hosts, *command, tile=1024):
        """The process of a program on hosts, started on the first of them."""
        network = "10.213.7.0/24"
        words = ["mpirun", "--mca", "plm", "rsh", "--mca", "plm_rsh_agent", AGENT,
                 "--mca", "btl_tcp_if_include", network, "--mca", "oob_tcp_if_include", network,
                 "--mca", "btl_vader_single_copy_mechanism", "none",
                 "--mca", "mpi_yield_when_idle", "1", "--bind-to", "none",
                 "-x", f"HTDM_TILE={tile}", "-x", "OMP_NUM_THREADS",
                 "--host", ",".join(f"{host}:{ranks_each}" for host in hosts), *map(str, command)]
        line = f"echo $$ > {self._mpirun}; exec {shlex.join(words)}"
        return subprocess.Popen([AGENT, hosts[0], line], env=self.environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def signal_mpirun(self, number):
        os.kill(int(self._mpirun.read_text()), number)

    def cut_power(self, host):
        self._held[host].kill()
        self._held[host].wait()

    def close(self):
        for host in self._held:
            self.cut_power(host)


@unittest.skipIf(why_not(), why_not())
class OnTwoHosts(unittest.TestCase):
    def setUp(self):
        temporary = htdm.temporary_folder()
        self.folder = temporary.__enter__()
        self.addCleanup(temporary.__exit__, None, None, None)
        self.hosts = TwoHosts(self.folder)
        self.addCleanup(self.hosts.close)
        self.hosts.connect()
        self.study = htdm.write_study(self.folder, STUDY)
        self.output = self.folder / "out"

    def start(self, *hosts, **settings):
        """The process of a run on hosts that continues what is there."""
        process = self.hosts.mpirun(2, hosts, htdm.PROGRAM, "run", self.study, "--restart",
                                    "--output", self.output, "--checkpoint-interval", "0.3",
                                    **settings)
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        if process.poll() is None:
            self.hosts.signal_mpirun(signal.SIGKILL)
        process.communicate()

    def finished(self, process):
        """Exit code and what was said."""
        said = "".join(process.communicate(timeout=60))
        return process.returncode, said

    def completes(self, *hosts):
        code, said = self.finished(self.start(*hosts))
        self.assertEqual(code, 0, said)
        self.assertEqual(htdm.digest_of(self.output), htdm.digest_of_text(htdm.to_toml(STUDY)))
        return said

    def started_slowly(self):
        """A run on both hosts that has taken a checkpoint and is far from its end."""
        process = self.start(ONE, TWO, tile=1)
        deadline = time.monotonic() + 30
        while not list(self.output.glob("checkpoints/*.ckpt")):
            self.assertIsNone(process.poll(), "the run has ended")
            self.assertLess(time.monotonic(), deadline, "no checkpoint after 30 s")
            time.sleep(0.05)
        return process

    def test_same_digest(self):
        names, _ = self.hosts.mpirun(2, [ONE, TWO], "hostname").communicate()
        self.assertEqual(sorted(names.split()), [ONE, ONE, TWO, TWO])
        self.completes(ONE, TWO)
        self.assertEqual(htdm.results_of(self.output)["provenance"]["ranks"], 4)

    def test_stopped_and_continued_on_one(self):
        process = self.started_slowly()
        self.hosts.signal_mpirun(signal.SIGUSR1)
        code, said = self.finished(process)
        self.assertEqual(code, 75, said)
        self.assertIn("goes on after", self.completes(ONE))

    def test_host_lost(self):
        process = self.started_slowly()
        self.hosts.cut_power(TWO)
        code, said = self.finished(process)
        self.assertNotIn(code, (0, 75), said)
        self.assertIn("goes on after", self.completes(ONE))


if __name__ == "__main__":
    htdm.main()
