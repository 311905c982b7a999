"""A fold written from docs/reference/fold.md with a standard library only.

python3 fold.py reads one history per line, {"events": [...], "digestsAt": [number, ...]}, and prints for each a list:
[number, digest] after each of these events, then the sorted records after the last one, and their digest.
"""
import json
import sys

import claims
import inbox
import moves
import nodes
from records import digest_of, records_of
from state import Damage, State

HANDLERS = {**nodes.HANDLERS, **claims.HANDLERS, **moves.HANDLERS, **inbox.HANDLERS}
NEWEST_VERSION = 1


def apply(state, event):
    if event["type"] == "AtomicBatchApplied":
        for part in parts_of(event):
            apply_one(state, part)
    else:
        apply_one(state, event)
    if "inboxSequence" in event:
        inbox.settle(state, event["inboxSequence"])
    state.forget_vanished()


def apply_one(state, event):
    if event["type"] not in HANDLERS or event["schemaVersion"] > NEWEST_VERSION:
        raise Damage(f"{event['type']} {event['schemaVersion']} was written by a newer release")
    HANDLERS[event["type"]](state, event)


def parts_of(batch):
    for place, part in enumerate(batch["data"]["parts"]):
        if part is not None:
            command = batch["command"]["commands"][place]
            yield {**batch, **part, "command": command, "commandId": f"{batch['commandId']}.{place}"}


def main():
    for line in sys.stdin:
        history = json.loads(line)
        state, digests_at, digests = State(), set(history["digestsAt"]), []
        for event in history["events"]:
            apply(state, event)
            if event["number"] in digests_at:
                digests.append([event["number"], digest_of(records_of(state))])
        records = records_of(state)
        print(json.dumps([digests, records, digest_of(records)]))


main()
