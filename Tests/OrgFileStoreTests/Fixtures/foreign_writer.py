"""The service that shares the two files, as far as its writing goes.

It opens a file with open(path, 'w'), which truncates, before it takes the lock, and gives the lock back before
close() flushes; it holds no lock between reading and writing; and what it can't load it takes for empty.

usage: foreign_writer.py DIRECTORY NAME OPERATIONS SEED [MANNER]

Makes OPERATIONS changes (0: one for each byte on its standard input; -1: until that ends) to records of its own and prints each, when it
is done, as a line of JSON. Its own are the organizations whose name begins with NAME. MANNER is one of

    usual         takes up to 40 ms between reading and writing
    idempotent    half of what it writes is what is there already
    pausing       takes up to 5 s between reading and writing
    deleting      removes organizations that were there when it began, from both files
    rolling-back  writes both files again as they were up to 2 s before
    busy          doesn't wait at all
    creating      makes organizations, and nothing else
"""

import fcntl
import json
import os
import random
import select
import sys
import time
import uuid
from datetime import datetime, timezone

directory, name, operations, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
manner = sys.argv[5] if len(sys.argv) > 5 else "usual"
PAUSES = {"pausing": 5, "busy": 0, "creating": 0}
choice = random.Random(seed)
ROLES = ["owner", "member", "billing_admin"]
STATUSES = ["active", "suspended", "deleted"]


def check_time(text):
    datetime.fromisoformat(text)


def check_organization(key, record):
    if not (key.startswith("org_") and record["id"].startswith("org_")):
        raise ValueError("id")
    if not 1 <= len(record["name"]) <= 200 or record.get("status", "active") not in STATUSES:
        raise ValueError("value")
    check_time(record.get("created_at", now()))
    json.dumps(record, ensure_ascii=False).encode()


def check_members(key, records):
    for record in records:
        if not record["org_id"].startswith("org_") or record.get("role", "member") not in ROLES:
            raise ValueError("value")
        check_time(record.get("joined_at", now()))


def note(what, f):
    """Which file an operation used, and when: the reason for a lost change can be found by it."""
    steps.append(f"{what} {os.fstat(f.fileno()).st_ino} at {now()[11:23]}")


def read(file, check):
    try:
        with open(os.path.join(directory, file)) as f:
            fcntl.flock(f, fcntl.LOCK_SH)
            try:
                data = json.load(f)
            finally:
                fcntl.flock(f, fcntl.LOCK_UN)
            note("read", f)
        for key, value in data.items():
            check(key, value)
        return data
    except Exception:
        global errors
        errors += 1
        return {}


def write(file, data):
    # As long as the service takes with more data, or waits for something else: meanwhile others write.
    time.sleep(choice.uniform(0, PAUSES.get(manner, 0.04)))
    save(file, lambda f: json.dump(data, f, indent=2))


def save(file, dump):
    with open(os.path.join(directory, file), "w") as f:
        note("write", f)
        fcntl.flock(f, fcntl.LOCK_EX)
        try:
            dump(f)
        finally:
            fcntl.flock(f, fcntl.LOCK_UN)


def organizations():
    return read("organizations.json", check_organization)


def members():
    return read("org_users.json", check_members)


def now():
    return str(datetime.now(timezone.utc).replace(tzinfo=None))


def create_organization(number):
    data = organizations()
    title = f"{name} {number}"
    if any(record["name"].strip().lower() == title.lower() for record in data.values()):
        return None
    key = f"org_{uuid.uuid4()}"
    data[key] = {
        "id": key,
        "name": title,
        "created_at": now(),
        "plan_tier": "founders_friend",
        "lago_customer_id": None,
        "stripe_customer_id": None,
        "status": "active",
    }
    write("organizations.json", data)
    lists = members()
    lists[key] = []
    write("org_users.json", lists)
    own.append(key)
    return {"op": "create", "org": key, "name": title}


def add_user(number):
    key = choice.choice(own)
    if key not in organizations():
        return None
    data = members()
    user = f"{name}-{number}"
    data.setdefault(key, []).append(
        {"org_id": key, "user_id": user, "role": "member", "joined_at": now()}
    )
    write("org_users.json", data)
    users.append((key, user))
    return {"op": "add", "org": key, "user": user, "role": "member"}


def may_set(record, present, new):
    """If a value is set back this soon, the store may take that for an older state: see README.md. Values that this
    program just changed may still be in the file, too."""
    if time.monotonic() < held.get((record, new), 0) + 15:
        return False
    if new != present:
        held[record, present] = time.monotonic()
    return True


def update_role(number):
    key, user = choice.choice(users)
    data = members()
    for record in data.get(key, []):
        if record["user_id"] == user:
            role = record["role"]
            if manner != "idempotent" or choice.random() < 0.2:
                role = ROLES[(ROLES.index(role) + 1) % 3]
            if not may_set((key, user), record["role"], role):
                return None
            record["role"] = role
            write("org_users.json", data)
            return {"op": "role", "org": key, "user": user, "role": record["role"]}
    return None


def update_plan(number):
    key = choice.choice(own)
    data = organizations()
    if key not in data:
        return None
    plan = data[key]["plan_tier"]
    if manner != "idempotent" or choice.random() < 0.5:
        plan = f"plan {number}"
    if not may_set(key, data[key]["plan_tier"], plan):
        return None
    data[key]["plan_tier"] = plan
    write("organizations.json", data)
    return {"op": "plan", "org": key, "plan": data[key]["plan_tier"]}


def delete_organization(number):
    key = older.pop()
    data = organizations()
    if data.pop(key, None) is None:
        return None
    write("organizations.json", data)
    lists = members()
    lists.pop(key, None)
    write("org_users.json", lists)
    return {"op": "delete", "org": key}


def roll_back(number):
    for file, text in states.pop().items():
        save(file, lambda f: f.write(text))
    return {"op": "rollback"}


def remember():
    """Keeps how the files are now, as somebody does who will want them back."""
    texts = {}
    for file in ("organizations.json", "org_users.json"):
        with open(os.path.join(directory, file)) as f:
            texts[file] = f.read()
        try:
            json.loads(texts[file])
        except ValueError:
            return
    states.append(texts)
    due.append(time.monotonic() + choice.uniform(0, 2))


errors = 0
own, users, states, due, steps = [], [], [], [], []
held = {}
older = [key for key, record in organizations().items() if record["name"].startswith(name + " ")]
if manner != "deleting":
    own, older = older, []
number = len(own) + len(older)
last = number + operations
while operations <= 0 or number < last:
    if operations == 0 and not os.read(0, 1):
        break
    if operations < 0 and select.select([0], [], [], 0 if manner == "busy" else choice.uniform(0, 0.2))[0]:
        break
    number += 1
    possible = [create_organization]
    if manner != "creating":
        if own:
            possible += [add_user, update_plan] * 2
        if users:
            possible += [update_role] * 3
        if older:
            possible += [delete_organization] * 4
    if manner == "rolling-back":
        if states and time.monotonic() > due[-1]:
            possible = [roll_back]
        elif not states and choice.random() < 0.3:
            remember()
    steps.clear()
    done = choice.choice(possible)(number)
    if done:
        print(json.dumps(done | {"steps": "; ".join(steps)}), flush=True)
print(f"{errors} reads failed", file=sys.stderr, flush=True)
