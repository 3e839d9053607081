"""One cluster for all tests in this folder; a test that stops a part starts it again."""

from collections.abc import Iterator

import pytest

from deploy.cluster import Cluster, temporary_folder

from .people import Person


@pytest.fixture(scope="session")
def running_cluster() -> Iterator[Cluster]:
    """Use high limits, because these tests are about something else."""
    environment = {
        "MESSAGES_PER_MINUTE": "100000",
        "SOCKETS_PER_PERSON": "100000",
        "SOCKETS_OPENED_PER_MINUTE": "100000",
        "SOCKETS_OPENED_PER_MINUTE_AND_ADDRESS": "100000",
        "SHUTDOWN_SPREAD_SECONDS": "2",
    }
    with temporary_folder() as folder, Cluster(folder, environment=environment) as cluster:
        yield cluster


@pytest.fixture
def cluster(running_cluster: Cluster) -> Iterator[Cluster]:
    """The cluster, fully running again after each test."""
    yield running_cluster
    for part in (running_cluster.postgres, running_cluster.redis, *running_cluster.daphnes):
        if part.running:
            part.resume()
        else:
            part.launch()
    for daphne in running_cluster.daphnes:
        daphne.wait()
    running_cluster.nginx.wait()


@pytest.fixture(scope="session")
def shopper(running_cluster: Cluster) -> Person:
    return Person.logged_in(running_cluster.url, "shopper@example.com")


@pytest.fixture(scope="session")
def seller(running_cluster: Cluster) -> Person:
    return Person.logged_in(running_cluster.url, "seller@example.com")


@pytest.fixture(scope="session")
def conversation(shopper: Person, seller: Person) -> int:
    """The conversation of the demo shopper and the demo seller."""
    [common, *_] = [
        number for number in shopper.conversations() if number in seller.conversations()
    ]
    return common


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Do nothing: this process has no limits of its own here."""
