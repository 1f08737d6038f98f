"""The whole platform as processes of one machine: what `up`, the tests and the bench run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol, Self

from kit import migrations
from punchcard import containers, databases, topics
from punchcard.databases import DatabaseUrls
from punchcard.embedded.kafka import Kafka
from punchcard.embedded.postgres import Postgres
from punchcard.embedded.watchdog import Watchdog
from punchcard.environment import environment
from punchcard.home import Home
from punchcard.keys import ADMIN_EMAIL, Keys
from punchcard.ports import is_free
from punchcard.preflight import taken
from punchcard.problems import MachineCannot
from punchcard.service_process import ServiceHandle, ServiceProcess, socket_of
from punchcard.services import GATEWAY, SERVICE_NAMES, SERVICES, ServiceKind, kind_of
from punchcard.standins import member as standins
from punchcard.standins.member import StandIns
from punchcard.supervision import Member, Supervised

#: For settings of every service, beside the services' names.
ALL = "*"


class Credentials(NamedTuple):
    email: str
    password: str


class PostgresServer(Member, Protocol):
    @property
    def port(self) -> int: ...
    def url(self, database: str = ..., user: str = ..., password: str | None = ...) -> str: ...


class KafkaServer(Member, Protocol):
    @property
    def port(self) -> int: ...
    @property
    def bootstrap(self) -> str: ...


class Stack:
    """start() brings it up whole, stop() ends it in the reverse order; both also as a context manager.

    `env` gives settings by service name, or under "*" for every service. Without `durable` PostgreSQL writes
    each commit but does not wait for the disk: kill -9 loses nothing, a power cut would.
    """

    def __init__(
        self,
        home: Path | Home,
        *,
        gateway_port: int | None = None,
        public_base_url: str | None = None,
        durable: bool = True,
        services: Sequence[str] = SERVICE_NAMES,
        env: Mapping[str, Mapping[str, str]] | None = None,
        tell: Callable[[str], None] | None = None,
        on_step: Callable[[str, float], None] | None = None,
    ) -> None:
        self.home = home if isinstance(home, Home) else Home(home)
        self.keys = Keys(self.home.keys)
        self.durable = durable
        self._kinds = [kind for kind in SERVICES if kind.name in {kind_of(name).name for name in services}]
        self._env = {name: dict(values) for name, values in (env or {}).items()}
        self._gateway_port = gateway_port
        self._public_base_url = public_base_url
        self._tell = tell or (lambda words: None)
        self._on_step = on_step or (lambda step, seconds: None)
        self._postgres: Supervised[PostgresServer] | None = None
        self._kafka: Supervised[KafkaServer] | None = None
        self._stand_ins: Supervised[StandIns] | None = None
        self._services: dict[str, ServiceHandle] = {}
        self._started_s: float | None = None
        self._hands = threading.Lock()
        self._watchdog = Watchdog(self.home)

    # -- its life

    def start(self) -> Self:
        """All of it, until every service is ready. What was started is stopped again when something fails."""
        began = time.monotonic()
        self.home.acquire()
        try:
            for name in self.home.end_leftovers():
                self._tell(f"{name} was left running by an earlier run; it was ended")
            self._check_gateway_port()
            self._watchdog.start()
            self.keys.ensure()
            self._start_servers()
            self._start_services()
        except BaseException:
            self.stop_at_once()
            raise
        self._started_s = time.monotonic() - began
        return self

    def stop(self) -> None:
        """The gateway first, PostgreSQL last: each finishes while the ones it needs still answer."""
        with self._hands:
            front, rest = self._split()
            for group in (front, rest, [self._stand_ins, self._kafka], [self._postgres]):
                _side_by_side([handle.close for handle in group if handle is not None])
            self._forget()

    def stop_at_once(self) -> None:
        """Nobody is waited for; the next start recovers."""
        self.kill_all()
        self._forget()

    def kill_all(self) -> None:
        """As stop_at_once(), for a process that ends now: the watchdog sees to what was about to start."""
        for handle in [*self._services.values(), self._stand_ins, self._kafka, self._postgres]:
            if handle is not None:
                handle.close(at_once=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- what is running

    @property
    def postgres(self) -> Supervised[PostgresServer]:
        assert self._postgres is not None, "the stack was not started"
        return self._postgres

    @property
    def kafka(self) -> Supervised[KafkaServer]:
        assert self._kafka is not None, "the stack was not started"
        return self._kafka

    @property
    def stand_ins(self) -> Supervised[StandIns] | None:
        """What stands in for Apple and Google; None where there are real identities."""
        return self._stand_ins

    def service(self, name: str) -> ServiceHandle:
        """By name or package: `auth-pins` or `auth_pins`."""
        return self._services[kind_of(name).name]

    @property
    def services(self) -> dict[str, ServiceHandle]:
        return dict(self._services)

    def urls(self, name: str) -> DatabaseUrls:
        """Where that service's database is: .app, .owner and .superuser."""
        return databases.urls(self.postgres.member.url(), kind_of(name), self.keys)

    @property
    def bootstrap(self) -> str:
        return self.kafka.member.bootstrap

    @property
    def gateway_url(self) -> str:
        return self.service(GATEWAY.name).url

    @property
    def public_base_url(self) -> str:
        return self._public_base_url or f"http://127.0.0.1:{self._port_of_gateway()}"

    @property
    def admin(self) -> Credentials:
        """The platform's first administrator."""
        return Credentials(ADMIN_EMAIL, self.keys.admin_password().read_text())

    @property
    def started_s(self) -> float:
        """How long start() took."""
        assert self._started_s is not None, "the stack was not started"
        return self._started_s

    def wait_ready(self, timeout_s: float = 60) -> None:
        """Until PostgreSQL, Kafka and every service answer."""
        self.postgres.wait_ready(timeout_s)
        self.kafka.wait_ready(timeout_s)
        for handle in self._services.values():
            handle.wait_ready(timeout_s)

    def settings(self, name: str) -> dict[str, str]:
        """What `env` gave this service by its name, or whoever told it again since."""
        return dict(self._env.get(kind_of(name).name, {}))

    def retell(self, name: str, env: Mapping[str, str]) -> None:
        """Start this service again with these settings instead of those that `env` gave it."""
        kind = kind_of(name)
        self._env[kind.name] = dict(env)
        handle = self.service(kind.name)
        handle.member.tell(self._environment(kind, handle.socket.parent, handle.port))
        handle.restart()

    # -- starting

    def _check_gateway_port(self) -> None:
        port = self._gateway_port
        if port is not None and GATEWAY in self._kinds and not is_free(port):
            raise MachineCannot(taken(port))

    def _start_servers(self) -> None:
        """PostgreSQL with databases and migrations, and beside it Kafka with its topics."""
        self._postgres, self._kafka = self._servers()
        self._stand_ins = self._standing_in()
        _side_by_side([self._start_postgres, self._start_kafka, self._start_stand_ins])

    def _servers(self) -> tuple[Supervised[PostgresServer], Supervised[KafkaServer]]:
        if containers.wanted():
            postgres = containers.ContainerPostgres(port=self.home.port("postgres"), durable=self.durable)
            kafka = containers.ContainerKafka(self.home.port("kafka"))
            return Supervised(postgres, self._tell), Supervised(kafka, self._tell)
        own_postgres = Postgres(
            self.home.postgres,
            port=self.home.port("postgres"),
            durable=self.durable,
            log=self.home.logs / "postgres.log",
        )
        own_kafka = Kafka(
            self.home.kafka,
            port=self.home.port("kafka"),
            controller_port=self.home.port("kafka-controller"),
            log=self.home.logs / "kafka.log",
        )
        return Supervised(own_postgres, self._tell), Supervised(own_kafka, self._tell)

    def _standing_in(self) -> Supervised[StandIns] | None:
        wallet = next((kind for kind in self._kinds if kind.name == "wallet"), None)
        told = {} if wallet is None else self._told(wallet)
        apple = wallet is not None and standins.stands_in(told, standins.APPLE_IDENTITY)
        google = wallet is not None and standins.stands_in(told, standins.GOOGLE_IDENTITY)
        if not apple and not google:
            return None
        process = StandIns(
            self.home.wallet_identities,
            apple_port=self.home.port("apple-push") if apple else 0,
            google_port=self.home.port("google-wallet") if google else 0,
            callback_url=f"http://127.0.0.1:{self._port_of_gateway()}/api/v1/loyalty/google/callback",
            journal=self.home.arrivals,
            log=self.home.logs / f"{standins.NAME}.log",
            record=self.home.record(standins.NAME),
        )
        return Supervised(process, self._tell)

    def _start_stand_ins(self) -> None:
        if self._stand_ins is not None:
            self._stand_ins.start()

    def _start_postgres(self) -> None:
        with self._step("PostgreSQL"):
            self.postgres.start()
        with self._step("databases and migrations"):
            superuser = self.postgres.member.url()
            databases.close_shared_ones(superuser)
            for kind in self._kinds:
                databases.ensure_database(superuser, kind, self.keys)
                migrations.upgrade(kind.package, self.urls(kind.name).owner)

    def _start_kafka(self) -> None:
        with self._step("Kafka"):
            self.kafka.start()
        with self._step("topics"):
            topics.create(self.bootstrap)

    def _start_services(self) -> None:
        """All at once: none needs another one to start."""
        sockets = self.home.socket_directory()
        for kind in self._kinds:
            port = self._port(kind)
            process = ServiceProcess(
                kind,
                self._environment(kind, sockets, port),
                port=port,
                socket=socket_of(kind, sockets),
                log=self.home.logs / f"{kind.name}.log",
                record=self.home.record(kind.name),
            )
            self._services[kind.name] = ServiceHandle(process, self._tell)
        began = time.monotonic()
        for handle in self._services.values():
            handle.member.start()
        for handle in self._services.values():
            handle.member.wait_ready()
            handle.start()
            self._on_step(handle.name, time.monotonic() - began)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self._on_step(name, time.monotonic() - began)

    # -- what a service is told

    def _environment(self, kind: ServiceKind, sockets: Path, port: int) -> dict[str, str]:
        told = environment(
            kind,
            keys=self.keys,
            database_url=self.urls(kind.name).app,
            bootstrap=self.bootstrap,
            public_base_url=self.public_base_url,
            port=port,
            sockets=sockets,
            mail=self.home.mail,
        )
        if kind.name == "wallet" and self._stand_ins is not None:
            told |= self._stand_ins.member.settings()
        return told | self._told(kind)

    def _told(self, kind: ServiceKind) -> dict[str, str]:
        """What whoever runs us has for this service."""
        return self._env.get(ALL, {}) | self._env.get(kind.name, {})

    def _port(self, kind: ServiceKind) -> int:
        return self._port_of_gateway() if kind == GATEWAY else self.home.port(kind.name)

    def _port_of_gateway(self) -> int:
        if self._gateway_port is None:
            self._gateway_port = self.home.port(GATEWAY.name)
        return self._gateway_port

    # -- stopping

    def _split(self) -> tuple[list[ServiceHandle], list[ServiceHandle]]:
        front = [handle for name, handle in self._services.items() if name == GATEWAY.name]
        return front, [handle for name, handle in self._services.items() if name != GATEWAY.name]

    def _forget(self) -> None:
        self._services, self._stand_ins, self._kafka, self._postgres = {}, None, None, None
        self.home.drop_socket_directory()
        self._watchdog.dismiss()
        self.home.release()


def _side_by_side(calls: Sequence[Callable[[], object]]) -> None:
    """Run them at the same time; the first one's exception comes out when all have ended."""
    if calls:
        with ThreadPoolExecutor(len(calls)) as pool:
            for future in [pool.submit(call) for call in calls]:
                future.result()
