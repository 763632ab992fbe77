"""What an answer costs at the door: CPU time per request of a listing that is kept, through the whole
gateway, beside a bare handler that gives the same bytes from memory; and CPU time of a checkout, of
Tipple's process beside PostgreSQL's.

Called by bench/door with the address of a throw-away server in TIPPLE_TEST_DATABASE_URL. The two that
are compared take turns, so that whatever else the machine does falls on both. What Tipple's process does
by itself, a dozen services looking whether anything is due, is measured while nobody asks and taken off.
"""

import http.client
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from orders import CLIENTS, ORDERS, TICK, TIPPLE, Customer, Tipple, free_port, place, postgres_cpu
from orders import psql, shelves, ticks

CHECKOUTS, BARE = int(sys.argv[4]), sys.argv[5]
LISTINGS, TURNS = ORDERS, 5
LISTING_GOAL, CHECKOUT_GOAL = 1.5, 1
# Seconds.
IDLE = 10


def ask(port, path, count, wanted):
    """So many requests by each client's own connection; each answer is compared."""
    wrong = []

    def work():
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for _ in range(count // CLIENTS):
            connection.request("GET", path)
            answer = connection.getresponse()
            if answer.read() != wanted or answer.status != 200:
                wrong.append(answer.status)

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        sys.exit(f"{len(wrong)} answers were not the listing, such as one with status {wrong[0]}")


def idle(pid):
    """Ticks a second while nobody asks."""
    before = ticks(pid)
    time.sleep(IDLE)
    return (ticks(pid) - before) / IDLE


def measured(pid, port, path, wanted, by_itself):
    """Microseconds of CPU for one request."""
    count = LISTINGS // TURNS
    before, began = ticks(pid), time.monotonic()
    ask(port, path, count, wanted)
    spent = ticks(pid) - before - by_itself * (time.monotonic() - began)
    return spent / TICK * 1e6 / (count // CLIENTS * CLIENTS)


def listings(tipple, customer, folder):
    store = shelves(customer)[0][0]
    path = f"/v1/catalogue/stores/{store}/listings?limit=20"
    connection = http.client.HTTPConnection("127.0.0.1", tipple.port)
    connection.request("GET", path)
    wanted = connection.getresponse().read()
    file, port = folder / "listing.json", free_port()
    file.write_bytes(wanted)
    bare = subprocess.Popen([BARE, f"127.0.0.1:{port}", str(file)])
    try:
        time.sleep(1)
        sides = [(tipple.process.pid, tipple.port), (bare.pid, port)]
        for pid, at in sides:
            ask(at, path, CLIENTS * 20, wanted)
        sides = [(*side, idle(side[0])) for side in sides]
        turns = [[measured(pid, at, path, wanted, by_itself) for pid, at, by_itself in sides]
                 for _ in range(TURNS)]
    finally:
        bare.kill()
    ours, least = (sorted(turn[side] for turn in turns)[TURNS // 2] for side in (0, 1))
    print(f"by itself: {sides[0][2] / TICK * 1e3:.0f} ms of CPU a second")
    ratio = ours / max(least, 1e-9)
    print(f"a listing of {len(wanted)} bytes: {ours:.0f} µs of CPU through the gateway, {least:.0f} µs by a "
          f"bare handler, ratio {ratio:.2f} (goal: {LISTING_GOAL})")
    return ratio


def checkouts(tipple):
    """A round: each shopper fills one basket; then all check out, which alone is measured."""
    shoppers = [Customer(tipple.port, f"door{number}", tipple.mail) for number in range(CLIENTS)]
    places = shelves(shoppers[0])
    own = database = done = 0
    for turn in range(max(CHECKOUTS // CLIENTS, 1)):
        baskets = []
        for number, shopper in enumerate(shoppers):
            store, products = places[(turn + number) % len(places)]
            chosen = sorted({products[(turn * 7 + step * 3) % len(products)] for step in range(3)})
            baskets.append((shopper, shopper.basket(store, chosen), f"door-{turn}-{number}"))
        time.sleep(0.5)
        before = (tipple.cpu(), postgres_cpu())
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(lambda one: one[0].order(*one[1:]), baskets))
        time.sleep(0.5)  # what follows from an order belongs to it
        own, database = own + tipple.cpu() - before[0], database + postgres_cpu() - before[1]
        done += len(baskets)
    ratio = own / max(database, 1e-9)
    print(f"a checkout and what follows from it: {own / done * 1e3:.2f} ms of CPU of Tipple, "
          f"{database / done * 1e3:.2f} ms of PostgreSQL, ratio {ratio:.2f} (goal: {CHECKOUT_GOAL})")
    return ratio


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tipple-door-"))
    psql("create database bench")
    tipple = Tipple("bench", str(folder))
    try:
        place(tipple, CLIENTS * 2, CLIENTS, "warm")
        listing = listings(tipple, Customer(tipple.port, "looks", tipple.mail), folder)
        checkout = checkouts(tipple)
    finally:
        tipple.stop()
    shutil.rmtree(folder)
    if listing > LISTING_GOAL or checkout > CHECKOUT_GOAL:
        sys.exit("a goal is missed")


main()
