"""How long Tipple takes to acknowledge webhooks that come at a steady rate, and whether every one that was
acknowledged is stored. Fails where the 99th percentile is 100 ms or more.

Called by bench/webhooks. Tipple runs as its demo does without the people of its city, beside a PostgreSQL
server of its own that writes to disk before it answers, as one in service does. Webhooks are Razorpay's, signed, each of its
own; nobody stands in for Razorpay, so their payments stay unknown and are looked for again and again
meanwhile. Each is sent when its time has come, however long others take. Its time is counted from the first
byte sent to the last one read; how late the sender itself was is told apart.
"""

import asyncio
import hashlib
import hmac
import json
import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time

TIPPLE, RATE, SECONDS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
SECRET = secrets.token_hex(24)
CONNECTIONS = 32
MOST_MS = 100
DATABASE = "tipple"


def psql(data, sql):
    program = shutil.which("psql") or sys.exit("psql is missing: install PostgreSQL's client")
    # The cluster may lie behind a link.
    folders = [pathlib.Path(folder) for folder, _, files in os.walk(data, followlinks=True)
               if "postmaster.pid" in files]
    port = (folders[0] / "postmaster.pid").read_text().splitlines()[3]
    address = f"postgres://postgres@127.0.0.1:{port}/{DATABASE}"
    done = subprocess.run([program, address, "-qAtXc", sql], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def start(port, data):
    account = "TIPPLE__PAYMENTS__RAZORPAY__BENCH__"
    environment = dict(os.environ, TIPPLE__LISTEN=f"127.0.0.1:{port}", TIPPLE__LOG__LEVEL="error",
                       TIPPLE__DEMO__SIMULATOR="false",
                       TIPPLE__GATEWAY__UNLIMITED_ADDRESSES='["127.0.0.1"]')
    environment.pop("DATABASE_URL", None)
    environment |= {account + "BASE_URL": "http://127.0.0.1:9", account + "KEY_ID": "rzp_test_bench",
                    account + "KEY_SECRET": secrets.token_hex(24), account + "WEBHOOK_SECRET": SECRET,
                    account + "ACCOUNT_ID": "acc_bench"}
    process = subprocess.Popen([TIPPLE, "demo", "--data", data], env=environment,
                               stdout=subprocess.DEVNULL)
    for _ in range(1200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process
        except OSError:
            if process.poll() is not None:
                sys.exit("Tipple did not start")
            time.sleep(0.1)
    sys.exit("Tipple did not start in two minutes")


def webhook(number):
    """A whole request, signed."""
    payment = {"id": f"pay_{number:014}", "entity": "payment", "amount": 90000, "currency": "INR",
               "status": "captured", "order_id": f"order_{number % 5000:014}", "captured": True,
               "description": "Order K7Q2-9F " * 20}
    body = json.dumps({"entity": "event", "account_id": "acc_bench", "event": "payment.captured",
                       "contains": ["payment"], "payload": {"payment": {"entity": payment}},
                       "created_at": 1781542800}).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (f"POST /v1/payments/webhooks/razorpay/bench HTTP/1.1\r\nhost: 127.0.0.1\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
            f"x-razorpay-event-id: {number}\r\nx-razorpay-signature: {signature}\r\n\r\n")
    return head.encode() + body


async def send_all(port, requests):
    waiting, took, late, refused = iter(enumerate(requests)), [], [], []
    began = time.perf_counter() + 0.5

    async def worker():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number, request in waiting:
            due = began + number / RATE
            await asyncio.sleep(max(0, due - time.perf_counter()))
            sent = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            await reader.readexactly(int(length[0].split(b":")[1]))
            took.append((time.perf_counter() - sent) * 1000)
            late.append((sent - due) * 1000)
            if not head.startswith(b"HTTP/1.1 200"):
                refused.append(head.split(b"\r\n")[0])
        writer.close()

    await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))
    return took, late, refused, time.perf_counter() - began


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def main():
    port, data = free_port(), tempfile.mkdtemp()
    process = start(port, data)
    count = "select count(*) from payments.webhook_inbox where provider = 'razorpay'"
    try:
        asyncio.run(send_all(port, [webhook(10**9 + number) for number in range(RATE)]))
        took, late, refused, seconds = asyncio.run(
            send_all(port, [webhook(number) for number in range(RATE * SECONDS)]))
        stored = int(psql(data, count)) - RATE
        safe = [f"{name} {psql(data, f'show {name}')}" for name in ("fsync", "synchronous_commit")]
    finally:
        process.terminate()
        process.wait()
        for folder in {str(pathlib.Path(data, "postgres").resolve()), data}:
            shutil.rmtree(folder, ignore_errors=True)
    said = ", ".join(f"p{share * 100:g} {percentile(took, share):.1f}" for share in (0.5, 0.95, 0.99, 0.999))
    print(f"{len(took)} webhooks in {seconds:.1f} s: {said}, most {max(took):.1f} ms; "
          f"the sender was late by p99 {percentile(late, 0.99):.1f} ms; {', '.join(safe)}")
    if refused or stored != RATE * SECONDS:
        sys.exit(f"{len(refused)} were not taken, such as {refused[:1]}; {stored} are stored")
    if percentile(took, 0.99) >= MOST_MS:
        sys.exit(f"p99 is not under {MOST_MS} ms")


main()
