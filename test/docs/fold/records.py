"""The canonical records of docs/reference/stored-format.md and their digest."""
import hashlib

from state import in_unit_order, text_of


def digest_of(records):
    hashes = (hashlib.sha256(record.encode()).digest()[:16] for record in records)
    return format(sum(int.from_bytes(each, "big") for each in hashes) % 2**128, "032x")


def records_of(state):
    return sorted(text_of(record) for record in every_record(state))


def every_record(state):
    if state.cell is not None:
        yield ["cell", state.cell["cell"], state.cell["historyId"], state.cell["epoch"]]
    yield from (["fork", *fork] for fork in state.forks)
    if state.inbox_up_to > 0:
        yield ["inbox", state.inbox_up_to]
    for sequence, parked in state.parked.items():
        yield ["parked", sequence, parked["code"], parked["since"], parked["isRetried"]]
    counts = {}
    for _instance, claim in state.claims():
        counts[claim["node"]] = counts.get(claim["node"], 0) + 1
    held = {}
    for node, line in state.held_lines():
        held.setdefault((node, line["provider"], line["class"]), []).append(line)
    for name, node in state.nodes.items():
        yield from node_records(name, node, counts.get(name, 0))
        yield from setting_records(name, node)
        yield from provider_records(name, node["providers"], held)
    for name, instance in state.instances.items():
        yield from instance_records(name, instance)
    for name, move in state.moves.items():
        yield from move_records(name, move)


def node_records(name, node, claim_count):
    status, inventory = node["status"], node["inventory"]
    kinds = [status["kind"], status.get("reason", ""), inventory["kind"], inventory["sequence"]]
    yield ["node", name, node["owner"], node["incarnation"], node["bootId"], *kinds, claim_count]
    if status.get("fenced"):
        yield ["fenced", name]
    if inventory["kind"] == "stale":
        yield ["stale", name, inventory["since"], inventory["reason"]]
    if node["transferTo"] is not None:
        yield ["transfer", name, node["transferTo"]]
    if node["failedBuilds"] > 0:
        yield ["builds", name, node["failedBuilds"]]
    if node["owesReport"] is not None:
        yield ["owes-report", name, node["owesReport"]]


def setting_records(name, node):
    for (place, resource), policy in node["policies"].items():
        figures = [policy.get("reserved", ""), policy.get("allocationRatioMillionths", "")]
        yield ["policy", name, place, resource, *figures]
    for place, aggregates in node["aggregates"].items():
        yield ["aggregates", name, place, aggregates]
    for target in node["overlay"]:
        yield ["overlay", name, target.get("provider", ""), text_of(target)]
    if node["driftPolicy"] is not None:
        yield ["drift-policy", name, *node["driftPolicy"]]
    for key, found in node["drifts"].items():
        yield ["drift", name, *key, *found]


def provider_records(name, providers, held):
    for place, provider in providers.items():
        lists = [provider["traits"], provider["aggregates"]]
        yield ["provider", name, place, provider["parent"], *lists, provider["isVanished"]]
        classes = sorted(resource for resource, one in provider["inventories"].items() if one["isAdded"])
        if classes or provider["addedTraits"]:
            yield ["added", name, place, classes, sorted(provider["addedTraits"])]
        for resource, inventory in provider["inventories"].items():
            lines = held.get((name, place, resource), [])
            taken = in_unit_order(unit for line in lines for unit in line.get("units", []))
            figures = [value for field, value in inventory.items() if field != "isAdded"]
            yield ["inventory", name, place, resource, *figures, sum(line["amount"] for line in lines), taken]


def instance_records(name, instance):
    if instance["kind"] == "ended":
        yield ["ended", name]
        return
    claim = instance.get("claim", instance)
    start, fields = [name, claim["claimId"], claim["node"]], [claim["tenant"], claim["labels"], *who(claim["claimant"])]
    if claim["groups"]:
        yield ["groups", name, [[one["id"], one["rule"], one.get("maxPerNode", 0)] for one in claim["groups"]]]
    if instance["kind"] == "shelved":
        yield ["offloaded", *start, *fields]
        return
    charge = [claim["requestText"], lines_of(claim["charge"])]
    yield ["claim", claim["claimId"], name, claim["node"], claim["status"], *fields, *charge]
    if claim["expiry"] is not None:
        yield ["expiry", name, *claim["expiry"]]
    if claim["release"] is not None:
        release = claim["release"]
        yield ["release", name, release["since"], *who(release["actor"]), release["becomes"]]
    if claim["state"] is not None:
        yield ["state", name, *(claim["state"].get(field, "") for field in ("vm", "task", "osType"))]


def move_records(name, move):
    start = [move[field] for field in ("kind", "instance", "source", "destination", "state", "since")]
    flags, end = [move["replace"], move["isError"]], [move["requestText"], move["otherSide"]]
    yield ["move", name, *start, *flags, *who(move["claimant"]), *end]
    if move["sourceIncarnation"] is not None:
        yield ["evacuated", name, move["sourceIncarnation"]]
    side = move["side"]
    if side is not None:
        lists = [lines_of(side["charge"]), lines_of(side["counted"])]
        yield ["side", name, side["node"], side["state"], side["since"], *who(side["actor"]), *lists]


def who(actor):
    return ["", ""] if actor is None else [actor["role"], actor["id"]]


def lines_of(charge):
    return [[line["provider"], line["class"], line["amount"], line.get("units", [])] for line in charge]
