"""Whether e-mail addresses with an account are told from those without: medians of the answers' times,
and their statuses and lengths, known and unknown in random order.

Called by bench/known-emails with the address of a throw-away server in TIPPLE_TEST_DATABASE_URL. What
slows tries down is emptied before each, so that every one is looked at.
"""

import http.client
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

TIPPLE, TRIES = sys.argv[1], int(sys.argv[2])
SERVER = os.environ["TIPPLE_TEST_DATABASE_URL"]
DATABASE = f"{SERVER.rsplit('/', 1)[0]}/known_emails"
KNOWN = ["customer@demo.tipple.test", "clerk@demo.tipple.test", "driver@demo.tipple.test"]
UNKNOWN = ["custodian@demo.tipple.test", "click@demo.tipple.test", "drover@demo.tipple.test"]
OPERATIONS = {
    "sign-in": ("/v1/accounts/sign-in", {"password": "not the password"}),
    "sign-up": ("/v1/accounts/sign-up", {
        "password": "a horse of another colour", "given_name": "Ann", "family_name": "Lee"}),
    "reset": ("/v1/accounts/password/reset", {}),
}


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def start(port, data):
    environment = dict(
        os.environ, DATABASE_URL=DATABASE, TIPPLE__LISTEN=f"127.0.0.1:{port}",
        TIPPLE__DEMO__SIMULATOR="false", TIPPLE__LOG__LEVEL="error",
        TIPPLE__NOTIFICATIONS__CHANNELS='["dry"]')
    process = subprocess.Popen([TIPPLE, "demo", "--data", data], env=environment,
                               stdout=subprocess.DEVNULL)
    for _ in range(1200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process
        except OSError:
            time.sleep(0.1)
    sys.exit("Tipple did not start in two minutes")


def main():
    psql = shutil.which("psql") or sys.exit("psql is missing: install PostgreSQL's client")
    subprocess.run([psql, SERVER, "-qc", "create database known_emails"], check=True)
    port, data = free_port(), tempfile.mkdtemp()
    process = start(port, data)
    time.sleep(5)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    clear = [psql, DATABASE, "-qc", "delete from accounts.attempt"]
    for name, (path, body) in OPERATIONS.items():
        took, seen = {True: [], False: []}, {True: set(), False: set()}
        for number in range(2 * TRIES):
            known = random.random() < 0.5
            subprocess.run(clear, check=True)
            email = (KNOWN if known else UNKNOWN)[number % 3]
            sent = json.dumps({"email": email, **body})
            began = time.perf_counter()
            connection.request("POST", path, sent, {"content-type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            took[known].append(time.perf_counter() - began)
            seen[known].add((answer.status, len(text)))
        known, unknown = (statistics.median(took[it]) * 1e3 for it in (True, False))
        same = "the same" if seen[True] == seen[False] else f"NOT the same: {seen}"
        print(f"{name:8} known {known:6.2f} ms, unknown {unknown:6.2f} ms, ratio {known / unknown:.3f}; "
              f"statuses and lengths are {same}")
    process.terminate()
    process.wait()
    shutil.rmtree(data)


main()
