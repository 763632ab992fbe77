"""Whether the outbox holds writers up: sixteen clients of pgbench move orders, each in a transaction of its
own, in turns with and without telling of it, while orders' own relay sends what is told.

Called by bench/writers beside a RabbitMQ broker (TIPPLE_TEST_AMQP_URL), it starts a PostgreSQL server that
writes to disk before it answers. First PostgreSQL carries the events, then the broker. The transaction is that of a
move: the order's row locked and read, changed, a line of its history. What is told is written by the
statement of `feed::append`, with a body of the size of an order's. Then the transaction stays open for a while,
as one that does more would, so that it is locks and not cores that writers wait for. A third turn shows what
a lock from there to the commit would cost. Fails where the writers with the outbox reach less than 80 % of the
rate without it, in the middle of all turns; and where those with the lock reach more than half, for then
it was not locks that writers waited for, and nothing has been measured.
"""

import os
import pathlib
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

TIPPLE, SECONDS, TURNS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
WRITERS, ORDERS, OPEN_MS, LEAST, MOST_LOCKED = 16, 100_000, 10, 0.8, 0.5

TABLES = f"""
create table orders.sale (id int primary key, version int not null, state text not null, contents jsonb not null);
create table orders.sale_history (order_id int not null references orders.sale, version int not null,
    at timestamptz not null, what text not null, note jsonb not null, primary key (order_id, version));
insert into orders.sale
select n, 0, 'placed', jsonb_build_object('lines', repeat('x', 600)) from generate_series(1, {ORDERS}) n;
grant all on orders.sale, orders.sale_history to public;
analyze orders.sale;
"""

MOVE = f"""
\\set order random(1, {ORDERS})
begin;
select version, state, contents from orders.sale where id = :order::int for update;
update orders.sale set version = version + 1, state = 'paid' where id = :order::int returning version \\gset
insert into orders.sale_history values (:order::int, :version::int, now(), 'paid', '{{"by": "provider"}}');
"""

# As crates/feed/src/outbox.rs does.
TELL = """
insert into orders.outbox (event_id, kind, subject, body)
values (gen_random_uuid(), 'tipple.bench.moved', :order::int::text, jsonb_build_object('id', :order::int, 'data', repeat('x', 1000)));
"""

# What the outbox does without: its ids in the order of commits.
LOCK = "select pg_advisory_xact_lock(1);\n"

REST = f"\\sleep {OPEN_MS} ms\ncommit;\n"


def program(name):
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    path = shutil.which(name) or (str(found[-1]) if found else None)
    return path or sys.exit(f"{name} is missing: install PostgreSQL's server package")


PGBENCH, PSQL, INITDB, POSTGRES = map(program, ("pgbench", "psql", "initdb", "postgres"))
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    PORT = free.getsockname()[1]
BASE_URL = f"postgres://postgres@127.0.0.1:{PORT}"


def server(folder):
    """A server with the settings that it has by itself, but for its memory."""
    data = pathlib.Path(folder, "data")
    # It does not run as root.
    nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    if nobody:
        shutil.chown(folder, "nobody", "nogroup")
    made = [INITDB, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-U", "postgres", "-D", data]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL, cwd=folder, **nobody)
    running = subprocess.Popen(
        [POSTGRES, "-D", data, "-p", str(PORT), "-k", folder, "-c", "listen_addresses=127.0.0.1",
         "-c", "shared_buffers=512MB", "-c", "max_connections=200"],
        stderr=subprocess.DEVNULL, cwd=folder, **nobody)
    while subprocess.run([PSQL, f"{BASE_URL}/postgres", "-qc", ""], capture_output=True, check=False).returncode:
        if running.poll() is not None:
            sys.exit("PostgreSQL does not start")
        time.sleep(0.2)
    return running


def psql(database, sql):
    done = subprocess.run(
        [PSQL, f"{BASE_URL}/{database}", "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", sql],
        capture_output=True, text=True, check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else sys.exit(done.stderr)


def turn(database, script):
    """Transactions a second of the writers in one turn."""
    done = subprocess.run(
        [PGBENCH, "-n", "-M", "prepared", "-c", str(WRITERS), "-j", "2", "-T", str(SECONDS), "-f", script,
         f"{BASE_URL}/{database}"],
        capture_output=True, text=True, check=False,
    )
    rate = [line for line in done.stdout.splitlines() if line.startswith("tps = ")]
    return float(rate[0].split()[2]) if done.returncode == 0 and rate else sys.exit(done.stderr)


def await_sent(database, house):
    while psql(database, "select exists (select from orders.outbox where sent_at is null)") == "t":
        if house.poll() is not None:
            sys.exit("Tipple does not run")
        time.sleep(0.1)


def measure(carrier, more, folder):
    database = f"writers_{carrier}_{os.getpid()}"
    psql("postgres", f"create database {database}")
    environment = dict(
        os.environ, DATABASE_URL=f"{BASE_URL}/{database}", TIPPLE__LISTEN="127.0.0.1:0",
        TIPPLE__HOUSE__SECRET=secrets.token_hex(), TIPPLE__ACCOUNTS__SECRET=secrets.token_hex(),
        TIPPLE__LOG__LEVEL="error", **more,
    )
    # Nobody is called.
    for name in ["accounts", "cart", "catalogue", "compliance", "delivery", "payments"]:
        environment[f"TIPPLE__UPSTREAMS__{name.upper()}"] = "http://127.0.0.1:9"
    subprocess.run([TIPPLE, "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
    psql(database, TABLES)
    scripts = {"without": MOVE + REST, "with": MOVE + TELL + REST, "lock": MOVE + LOCK + TELL + REST}
    files = {name: pathlib.Path(folder, f"{name}.sql") for name in scripts}
    for name, script in scripts.items():
        files[name].write_text(script)
    house = subprocess.Popen([TIPPLE, "serve", "orders"], env=environment, stdout=subprocess.DEVNULL)
    try:
        turns = []
        for number in range(TURNS):
            rates = {}
            for name in sorted(files, reverse=number % 2 == 1):
                rates[name] = turn(database, files[name])
                await_sent(database, house)
            turns.append((rates["with"] / rates["without"], rates["lock"] / rates["without"]))
            print("  " + ", ".join(f"{name} {rate:.0f} a second" for name, rate in rates.items()))
        told = psql(database, "select count(*) from orders.outbox")
    finally:
        house.terminate()
        house.wait()
    ratio, locked = (statistics.median(column) for column in zip(*turns))
    print(f"{carrier}: with the outbox {ratio:.2f} of the rate without it, with a lock {locked:.2f}; {told} events sent")
    return ratio >= LEAST and locked <= MOST_LOCKED


with tempfile.TemporaryDirectory() as folder:
    database_server = server(folder)
    try:
        broker = {"TIPPLE__EVENTS__RABBITMQ_URL": os.environ["TIPPLE_TEST_AMQP_URL"]}
        good = [measure("postgresql", {}, folder), measure("rabbitmq", broker, folder)]
    finally:
        database_server.terminate()
        database_server.wait()
sys.exit(not all(good))
