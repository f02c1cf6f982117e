"""The tasks of a cluster: what they do and where they listen."""

import dataclasses

# Those that train, in the order in which TensorFlow counts them.
TRAINING = ("chief", "worker")


@dataclasses.dataclass(frozen=True)
class Task:
    """A process of a cluster.

    Args:
        job: string, what it does: `"worker"`, say.
        index: int, its number among those of the job.
        address: string, host and port: `"host0:2222"`, or `"[::1]:2222"`.
    """

    job: str
    index: int
    address: str

    def __str__(self):
        return f"{self.job}:{self.index} ({self.address})"

    @property
    def host(self):
        """The name or the IP address of its machine."""
        return self.address.rpartition(":")[0].strip("[]")

    @property
    def port(self):
        """The number of its port."""
        return int(self.address.rpartition(":")[2])


@dataclasses.dataclass(frozen=True)
class Cluster:
    """All tasks of a cluster, and which of them this process is.

    Args:
        jobs: dict of the name of a job to a tuple of addresses.
        job: string, the job of this process.
        index: int, the number of this process in its job.
        source: string, where this is from, such as `"TF_CONFIG"`.
    """

    jobs: dict
    job: str
    index: int
    source: str

    @property
    def workers(self):
        """Tuple of the tasks that train, the chief first."""
        return tuple(x for job in TRAINING for x in self._tasks(job))

    @property
    def chief(self):
        """The task that saves and shows what all do."""
        return self.workers[0]

    @property
    def own(self):
        """The task that this process is."""
        return self._tasks(self.job)[self.index]

    @property
    def hosts(self):
        """Sorted list of the hosts of all tasks."""
        return sorted({x.host for job in self.jobs for x in self._tasks(job)})

    def _tasks(self, job):
        addresses = self.jobs.get(job, ())
        return [Task(job, i, address) for i, address in enumerate(addresses)]
