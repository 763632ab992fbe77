"""What placing an order costs: CPU time of Tipple and of PostgreSQL per order, and of pgbench and
PostgreSQL for the same SQL statements on a copy of the same data.

Called by bench/run with the address of a throw-away server in TIPPLE_TEST_DATABASE_URL.

1. A demo city is filled on a fresh database; CLIENTS customers place ORDERS orders at once, each a
   cart, three lines, a destination, a look at the quote and the checkout (claim, verdict, hold, payment
   started). CPU time is read from /proc before and after.
2. Tipple stops, the database is copied, Tipple starts again, and a quarter of the orders are placed
   with every statement logged.
3. pgbench runs the logged statements, transaction by transaction in the order of their commits, on the
   copy. CPU time is read again.
"""

import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

TIPPLE, ORDERS, CLIENTS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
SERVER = os.environ["TIPPLE_TEST_DATABASE_URL"]
BASE_URL = SERVER.rsplit("/", 1)[0]
TICK = os.sysconf("SC_CLK_TCK")
PASSWORD = "tipple-demo-2026"


def programs():
    found = [p for p in pathlib.Path("/usr/lib/postgresql").glob("*/bin/pgbench")]
    path = shutil.which("pgbench") or (str(sorted(found)[-1]) if found else None)
    if not path:
        sys.exit("pgbench is missing: install PostgreSQL's server package")
    return path


PGBENCH = programs()
PSQL = shutil.which("psql") or str(pathlib.Path(PGBENCH).with_name("psql"))


def psql(sql, database="postgres"):
    done = subprocess.run(
        [PSQL, f"{BASE_URL}/{database}", "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", sql],
        capture_output=True, text=True, check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout.strip()


def ticks(pid):
    """CPU ticks of a process and of its children that have ended."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(int(field) for field in fields[11:15])
    except FileNotFoundError:
        return 0


def children(pid):
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True)
    return [int(line) for line in listed.stdout.split()]


POSTMASTER = int(psql("select pg_read_file('postmaster.pid')").splitlines()[0])


def postgres_cpu():
    return (ticks(POSTMASTER) + sum(ticks(child) for child in children(POSTMASTER))) / TICK


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Tipple:
    def __init__(self, database, data):
        self.port, self.mail = free_port(), pathlib.Path(data) / "mail"
        environment = dict(
            os.environ,
            DATABASE_URL=f"{BASE_URL}/{database}",
            TIPPLE__LISTEN=f"127.0.0.1:{self.port}",
            TIPPLE__DEMO__SIMULATOR="false",
            TIPPLE__LOG__LEVEL="error",
            TIPPLE__GATEWAY__UNLIMITED_ADDRESSES='["127.0.0.1"]',
            TIPPLE__ACCOUNTS__UNLIMITED_ADDRESSES='["127.0.0.1"]',
        )
        self.process = subprocess.Popen(
            [TIPPLE, "demo", "--data", data], env=environment, stdout=subprocess.DEVNULL
        )
        for _ in range(1200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    sys.exit("Tipple did not start")
                time.sleep(0.1)
        sys.exit("Tipple did not start in two minutes")

    def cpu(self):
        return ticks(self.process.pid) / TICK

    def stop(self):
        self.process.terminate()
        self.process.wait()


def code_for(mail, email):
    """The code in the letter to that address, once it lies in the demo's folder."""
    for _ in range(300):
        for letter in mail.glob("*.eml"):
            text = letter.read_text()
            if f"To: {email}" in text or f"<{email}>" in text:
                return re.search("(?m)^[2-9B-DF-HJ-NP-TV-XZ]{4}-[2-9B-DF-HJ-NP-TV-XZ]{4}", text).group()
        time.sleep(0.1)
    sys.exit(f"No letter to {email} came")


class Customer:
    def __init__(self, port, number, mail):
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        email = f"bench-{os.getpid()}-{port}-{number}@example.com"
        begun = self.call("POST", "/v1/accounts/sign-up", {
            "email": email, "password": "correct horse battery", "given_name": "Bench",
            "family_name": str(number), "date_of_birth": "1980-01-01"})
        answer = self.call("POST", "/v1/accounts/sign-up/confirm", {
            "flow": begun["flow"], "code": code_for(mail, email),
            "password": "correct horse battery"})
        self.token = answer["access_token"]

    token = None

    def call(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        data = None
        if body is not None:
            headers["content-type"], data = "application/json", json.dumps(body)
        self.connection.request(method, path, data, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {text.decode()}")
        return json.loads(text) if text else None

    def basket(self, store, products):
        """What to order of a basket with these."""
        cart = self.call("POST", "/v1/cart/carts", {"store": store})["cart"]
        for product in products:
            self.call("PUT", f"/v1/cart/carts/{cart}/lines/{product}", {"quantity": 1})
        self.call("PUT", f"/v1/cart/carts/{cart}/destination", {
            "recipient": "Bench", "address": "500 Locust St", "place": {"lat": 41.5873, "lon": -93.6240}})
        total = self.call("GET", f"/v1/cart/carts/{cart}")["quote"]["total"]
        return {"cart": cart, "expected_total": total}

    def order(self, basket, key):
        self.call("POST", "/v1/orders/orders", basket, {"idempotency-key": key})


def shelves(customer):
    """Stores that reach the door, each with products that it has many of."""
    stores = customer.call("GET", "/v1/catalogue/stores?near=41.5873,-93.6240&limit=20")["items"]
    found = []
    for store in stores:
        path = f"/v1/catalogue/stores/{store['store']}/listings?limit=100&category=wine"
        items = customer.call("GET", path)["items"]
        found.append((store["store"], [item["product"] for item in items if item["stock"] == "in_stock"]))
    return [(store, products) for store, products in found if len(products) >= 3]


def place(tipple, orders, clients, label):
    customers = [Customer(tipple.port, f"{label}{n}", tipple.mail) for n in range(clients)]
    places = shelves(customers[0])
    failures = []

    def work(number):
        for turn in range(number, orders, clients):
            store, products = places[turn % len(places)]
            chosen = [products[(turn * 7 + step * 3) % len(products)] for step in range(3)]
            try:
                basket = customers[number].basket(store, sorted(set(chosen)))
                customers[number].order(basket, f"{label}-{turn}-{os.getpid()}")
            except RuntimeError as error:
                failures.append(str(error))

    time.sleep(1)  # what signing up left to do in the background is not an order's cost
    before = (tipple.cpu(), postgres_cpu(), time.monotonic())
    threads = [threading.Thread(target=work, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - before[2]
    time.sleep(1)  # events still on their way belong to the orders
    cpu = (tipple.cpu() - before[0], postgres_cpu() - before[1])
    if failures:
        print(f"{len(failures)} of {orders} orders were refused, such as: {failures[0]}")
    return orders - len(failures), took, cpu


LINE = re.compile(r"^(\d+)\|([^|]*)\|([^|]*)\|(LOG|DETAIL):  (.*)$")


def logged(folder):
    """Statements with their parameters in place, by backend, with the time of each commit."""
    sessions, done, last = {}, [], None
    text = "".join(path.read_text(errors="replace") for path in sorted(folder.glob("bench*.log")))
    entries = re.split(r"\n(?=\d+\|)", text)
    for entry in entries:
        match = LINE.match(entry.split("\n", 1)[0])
        if not match:
            continue
        pid, user, _, kind, first = match.groups()
        body = first + ("\n" + entry.split("\n", 1)[1] if "\n" in entry else "")
        if kind == "LOG":
            statement = re.match(r"(?:execute [^:]*|statement): (.*)", body, re.S)
            if not statement:
                continue
            if last:
                finish(sessions, done, *last)
            last = [pid, user, statement.group(1), None]
        elif last and last[0] == pid and body.startswith("parameters: "):
            last[3] = body[len("parameters: "):]
    if last:
        finish(sessions, done, *last)
    return done


def finish(sessions, done, pid, user, statement, parameters):
    sql = statement.strip().rstrip(";")
    if parameters:
        values = dict(re.findall(r"\$(\d+) = (NULL|'(?:[^']|'')*')", parameters))
        sql = re.sub(r"\$(\d+)\b", lambda m: literal(values.get(m.group(1), "NULL")), sql)
    word = sql.split(None, 1)[0].lower() if sql else ""
    open_one = sessions.get(pid)
    if word == "begin":
        sessions[pid] = [sql]
    elif open_one is None:
        done.append((user, [sql]))
    else:
        open_one.append(sql)
        if word in ("commit", "rollback", "end", "abort"):
            done.append((user, sessions.pop(pid)))


# The log tells no types of parameters. A place decides that of most; these it cannot, beside others.
TYPES = [
    (re.compile(r"'-?\d+\.\d+'"), "float8"),
    (re.compile(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00'"), "timestamptz"),
]


def literal(value):
    """A parameter's value as it stands in the place of its number."""
    kind = next((kind for pattern, kind in TYPES if pattern.fullmatch(value)), None)
    return f"{value}::{kind}" if kind else value


def script(transactions, file):
    with open(file, "w", encoding="utf-8") as out:
        schema = None
        for user, statements in transactions:
            if not user.startswith("tipple_"):
                continue
            if user != schema:
                schema = user
                out.write(f"set search_path to {user.removeprefix('tipple_')}, public;\n")
            for sql in statements:
                out.write(sql + ";\n")


def pgbench(file, database):
    """Seconds, own CPU and the server's CPU of running a script once."""
    before, own_before, began = postgres_cpu(), os.times(), time.monotonic()
    done = subprocess.run([PGBENCH, "-n", "-t", "1", "-f", str(file), database],
                          capture_output=True, text=True, check=False)
    took, own_after = time.monotonic() - began, os.times()
    if "/bench_copy" in database and "failed transactions: 0 (0" not in done.stdout:
        print(done.stdout, done.stderr)
        sys.exit("pgbench could not run the statements again")
    own = (own_after.children_user + own_after.children_system
           - own_before.children_user - own_before.children_system)
    return took, own, postgres_cpu() - before


def main():
    data = tempfile.mkdtemp(prefix="tipple-bench-")
    psql("create database bench")
    tipple = Tipple("bench", data)
    place(tipple, CLIENTS * 2, CLIENTS, "warm")
    placed, took, (own, database) = place(tipple, ORDERS, CLIENTS, "run")
    tipple.stop()

    psql("create database bench_copy template bench")
    logs = pathlib.Path(psql("show data_directory"))
    for setting in ["log_statement = 'all'", "log_line_prefix = '%p|%u|%x|'",
                    "log_parameter_max_length = -1", "log_min_duration_statement = -1"]:
        psql(f"alter system set {setting}")
    log_file = pathlib.Path(os.environ.get("TIPPLE_TEST_SERVER_LOG", logs.parent / "server.log"))
    tipple = Tipple("bench", data)
    recorded = max(ORDERS // 4, CLIENTS)
    start_at = log_file.stat().st_size
    psql("select pg_reload_conf()")
    time.sleep(1)
    placed_logged, _, _ = place(tipple, recorded, CLIENTS, "logged")
    psql("alter system reset all")
    psql("select pg_reload_conf()")
    time.sleep(1)
    tipple.stop()
    part = pathlib.Path(data) / "bench.log"
    with open(log_file, "rb") as source:
        source.seek(start_at)
        part.write_bytes(source.read())
    transactions = logged(part.parent)
    replay = pathlib.Path(data) / "replay.sql"
    script(transactions, replay)
    statements = sum(len(one) for user, one in transactions if user.startswith("tipple_"))

    # Reading a script, before it knows that nobody answers, is not the statements' cost.
    reading = pgbench(replay, "postgres://nobody@127.0.0.1:1/nothing")
    running = pgbench(replay, f"{BASE_URL}/bench_copy")
    pgbench_took, pgbench_own, pgbench_database = (a - b for a, b in zip(running, reading))
    report(placed, took, own, database, placed_logged, statements, pgbench_took,
           pgbench_own, pgbench_database)
    shutil.rmtree(data)


def report(placed, took, own, database, replayed, statements, pgbench_took, pgbench_own, pgbench_database):
    each = (own + database) / placed
    reference = (pgbench_own + pgbench_database) / replayed
    print(f"{'':24}{'orders/s':>10}{'client ms':>12}{'postgres ms':>13}{'CPU ms/order':>14}")
    print(f"{'Tipple, whole stack':24}{placed / took:10.1f}{own / placed * 1e3:12.2f}"
          f"{database / placed * 1e3:13.2f}{each * 1e3:14.2f}")
    print(f"{'pgbench, same SQL':24}{replayed / pgbench_took:10.1f}{pgbench_own / replayed * 1e3:12.2f}"
          f"{pgbench_database / replayed * 1e3:13.2f}{reference * 1e3:14.2f}")
    print(f"ratio of CPU time per order: {each / reference:.2f}   "
          f"({statements / replayed:.0f} statements an order, {CLIENTS} clients, {placed} orders)")


if __name__ == "__main__":
    main()
