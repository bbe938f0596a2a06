"""Ranks on two hosts, which are network namespaces joined by a wire, started by mpirun's rsh agent:
the digest is that of one rank, and the results name both hosts."""

import os
import pathlib
import shlex
import shutil
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
STUDY = htdm.changed(htdm.TINY, {"samplers.t_sde.nu": [2.5, 4.0], "statistics.block_size": 64})


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
        names = [f"{address} {host}" for host, address in ADDRESSES.items()]
        (folder / "hosts").write_text("\n".join(["127.0.0.1 localhost", *names, ""]))
        self._held = {host: subprocess.Popen([*UNSHARE[host], "sleep", "infinity"])
                      for host in ADDRESSES}
        processes = {ONE: self._held[ONE].pid, TWO: self._child(self._held[TWO].pid)}
        for host, process in processes.items():
            (folder / host).write_text(str(process))
            self._wait_for_namespace(process)
        self._run("ip", "link", "add", "wire", "netns", processes[ONE],
                  "type", "veth", "peer", "name", "wire", "netns", processes[TWO])
        for host, address in ADDRESSES.items():
            self.on(host, f"hostname {host} && mount --bind {folder}/hosts /etc/hosts && "
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

    def mpirun(self, ranks_each, hosts, *command):
        """The command line that runs a program on hosts, started on the first."""
        network = "10.213.7.0/24"
        return [AGENT, hosts[0], " ".join(map(shlex.quote, [
            "timeout", "120", "mpirun", "--mca", "plm", "rsh", "--mca", "plm_rsh_agent", AGENT,
            "--mca", "btl_tcp_if_include", network, "--mca", "oob_tcp_if_include", network,
            "--mca", "btl_vader_single_copy_mechanism", "none",
            "--mca", "mpi_yield_when_idle", "1", "--bind-to", "none",
            "--host", ",".join(f"{host}:{ranks_each}" for host in hosts), *map(str, command)]))]

    def run(self, ranks_each, hosts, *command):
        return self._run(*self.mpirun(ranks_each, hosts, *command))

    def close(self):
        for process in self._held.values():
            process.kill()
            process.wait()


@unittest.skipIf(why_not(), why_not())
class OnTwoHosts(unittest.TestCase):
    def setUp(self):
        temporary = htdm.temporary_folder()
        self.folder = temporary.__enter__()
        self.addCleanup(temporary.__exit__, None, None, None)
        self.hosts = TwoHosts(self.folder)
        self.addCleanup(self.hosts.close)

    def test_ranks_are_apart(self):
        names = self.hosts.run(2, [ONE, TWO], "hostname").split()
        self.assertEqual(sorted(names), [ONE, ONE, TWO, TWO])

    def test_same_digest(self):
        study = htdm.write_study(self.folder, STUDY)
        htdm.succeed(htdm.run("run", study, "--output", self.folder / "alone"))
        self.hosts.run(2, [ONE, TWO], htdm.PROGRAM, "run", study, "--output", self.folder / "both")
        self.assertEqual(htdm.digest_of(self.folder / "both"),
                         htdm.digest_of(self.folder / "alone"))
        self.assertEqual(htdm.results_of(self.folder / "both")["provenance"]["ranks"], 4)


if __name__ == "__main__":
    htdm.main()
