"""Checks golden vectors of the stored format with nothing but a standard library: python3 verify_stored_format.py FILE"""
import hashlib
import json
import sys

SUFFIX = 75


def canonical(value):
    # What JSON.stringify of JSON.parse gives, for the values a ledger stores.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def check_commit(data, previous_hash, next_number):
    body, suffix = data[:-SUFFIX], data[-SUFFIX:]
    digest = hashlib.sha256(body).hexdigest()
    assert suffix == b',"hash":"' + digest.encode() + b'"}', "hash"
    commit = json.loads(data)
    assert canonical(commit).encode() == data, "canonical form"
    assert commit["previousHash"] == previous_hash, "chain"
    assert commit["firstNumber"] == next_number, "numbers"
    lengths = [len(canonical(event).encode()) for event in commit["events"]]
    assert commit["lengths"] == lengths, "lengths"
    for offset, event in enumerate(commit["events"]):
        assert event["number"] == next_number + offset, "event number"
        if "command" in event:
            text = "%d|%s|%s" % (event["issuedAt"], event.get("correlationId", ""), canonical(event["command"]))
            assert event["commandHash"] == hashlib.sha256(text.encode()).hexdigest()[:32], "command hash"
    return digest, next_number + len(commit["events"])


def check_digest(golden):
    total = 0
    for record in golden["records"]:
        assert canonical(json.loads(record)) == record, "canonical record"
        total += int.from_bytes(hashlib.sha256(record.encode()).digest()[:16], "big")
    assert format(total % 2**128, "032x") == golden["hex"], "digest"


def main(path):
    with open(path, encoding="utf-8") as file:
        golden = json.load(file)
    previous_hash, number = "0" * 64, 1
    for text, expected in zip(golden["commits"], golden["hashes"], strict=True):
        previous_hash, number = check_commit(text.encode(), previous_hash, number)
        assert previous_hash == expected, "stated hash"
    check_digest(golden["digest"])
    print("%d commits, %d events, %d records" % (len(golden["commits"]), number - 1, len(golden["digest"]["records"])))


main(sys.argv[1])
