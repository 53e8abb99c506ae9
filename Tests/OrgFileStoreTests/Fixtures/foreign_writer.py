"""The service that shares the two files, as far as its writing goes.

It opens a file with open(path, 'w'), which truncates, before it takes the lock, and gives the lock back before
close() flushes; it holds no lock between reading and writing; and what it can't load it takes for empty.

usage: foreign_writer.py DIRECTORY NAME OPERATIONS SEED

Makes OPERATIONS changes (0: one for each byte on its standard input) to records of its own and prints each, when it
is done, as a line of JSON.
"""

import fcntl
import json
import os
import random
import sys
import time
import uuid
from datetime import datetime, timezone

directory, name, operations, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
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


def read(file, check):
    try:
        with open(os.path.join(directory, file)) as f:
            fcntl.flock(f, fcntl.LOCK_SH)
            try:
                data = json.load(f)
            finally:
                fcntl.flock(f, fcntl.LOCK_UN)
        for key, value in data.items():
            check(key, value)
        return data
    except Exception:
        return {}


def write(file, data):
    # As long as the service takes with more data: meanwhile others write.
    time.sleep(choice.uniform(0, 0.04))
    with open(os.path.join(directory, file), "w") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        try:
            json.dump(data, f, indent=2)
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


def update_role(number):
    key, user = choice.choice(users)
    data = members()
    for record in data.get(key, []):
        if record["user_id"] == user:
            role = ROLES[(ROLES.index(record["role"]) + 1) % 3]
            record["role"] = role
            write("org_users.json", data)
            return {"op": "role", "org": key, "user": user, "role": role}
    return None


def update_plan(number):
    key = choice.choice(own)
    data = organizations()
    if key not in data:
        return None
    data[key]["plan_tier"] = f"plan {number}"
    write("organizations.json", data)
    return {"op": "plan", "org": key, "plan": f"plan {number}"}


own, users = [], []
number = 0
while operations == 0 or number < operations:
    if operations == 0 and not os.read(0, 1):
        break
    number += 1
    possible = [create_organization]
    if own:
        possible += [add_user, update_plan] * 2
    if users:
        possible += [update_role] * 3
    done = choice.choice(possible)(number)
    if done:
        print(json.dumps(done), flush=True)
