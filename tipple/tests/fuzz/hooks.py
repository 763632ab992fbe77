"""Makes what is generated reach past the door: each call is made by one of the people of the scene,
and ids that would name nothing mostly name something. Says what an answer that refuses must be."""

import json
import os
import random
import re
from uuid import UUID

import schemathesis

with open(os.environ["TIPPLE_FUZZ_SCENE"], encoding="utf-8") as file:
    SCENE = json.load(file)
PEOPLE, IDS = SCENE["people"], SCENE["ids"]
CHANCE = random.Random(SCENE["seed"])
KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
# Who has not been turned away from an operation yet, and the versions that were given out.
ADMITTED, ETAGS, LEARNT, ASKER = {}, {}, {}, {}


@schemathesis.hook
def before_call(_context, case, _kwargs):
    # Whoever is let in asks most, but everyone asks.
    admitted = ADMITTED.setdefault(case.operation.label, set(PEOPLE))
    asker = CHANCE.choice(sorted(admitted if admitted and CHANCE.random() < 0.8 else PEOPLE))
    ASKER[case.id] = asker
    headers = case.headers
    if PEOPLE[asker]:
        headers["Authorization"] = f"Bearer {PEOPLE[asker]}"
    else:
        headers.pop("Authorization", None)
    case.path_parameters = real(case.path_parameters)
    case.query = real(case.query)
    case.body = real(case.body)
    if "Idempotency-Key" in headers and CHANCE.random() < 0.8:
        headers["Idempotency-Key"] = f"{CHANCE.getrandbits(64):x}"
    if "If-Match" in headers and CHANCE.random() < 0.8:
        headers["If-Match"] = ETAGS.get(thing(case.formatted_path), '"v1"')


def thing(path):
    """What has the version that a path speaks of."""
    return re.sub("/(opening|zone|threshold|movements)$", "", path)


def real(value, name=""):
    """The value with real ids instead of those that have the right form only."""
    if isinstance(value, dict):
        return {name: real(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [real(part, name) for part in value]
    if name in IDS and (name in ("code", "version", "intent") or is_id(value)):
        known = IDS[name] + LEARNT.get(name, [])
        return CHANCE.choice(known) if CHANCE.random() < 0.85 else value
    return value


def is_id(value):
    try:
        return isinstance(value, str) and bool(UUID(value))
    except ValueError:
        return False


@schemathesis.hook
def after_call(_context, case, response):
    if response.status_code in (401, 403):
        ADMITTED[case.operation.label].discard(ASKER[case.id])
    if etag := (response.headers.get("etag") or [None])[0]:
        ETAGS[thing(case.formatted_path)] = etag
    if response.status_code in (200, 201) and response.content[:1] in (b"{", b"["):
        learn(json.loads(response.content))


def learn(value, name=""):
    """Remembers the newest ids of each name."""
    if isinstance(value, dict):
        for name, part in value.items():
            learn(part, name)
    elif isinstance(value, list):
        for part in value:
            learn(part, name)
    elif is_id(value) and value not in IDS.get(name, []):
        LEARNT[name] = [*LEARNT.get(name, []), value][-2:]


@schemathesis.check
def refuses_in_one_form(_context, response, case):
    """Whoever is refused learns why: a stable code, and the field."""
    if response.status_code < 400 or case.method == "HEAD":
        return
    asker = f"asked by {ASKER.get(case.id)}"
    kind = (response.headers.get("content-type") or [""])[0]
    assert response.status_code < 500, f"{response.status_code}, {asker}"
    # The checkout page says it to a person.
    if case.path.startswith("/pay/") and kind.startswith("text/html"):
        return
    problem = json.loads(response.content)
    if case.path.startswith("/sandbox/") and kind == "application/json":
        assert problem["error"]["type"] and problem["error"]["message"], asker
        return
    assert kind == "application/problem+json", f"the content type is {kind}, {asker}"
    assert KEBAB.fullmatch(problem["code"]), f"the code is {problem['code']!r}, {asker}"
    assert problem["status"] == response.status_code, f"another status within, {asker}"
    if response.status_code == 422:
        assert problem.get("field"), f"no field is named, {asker}: {problem['detail']}"
