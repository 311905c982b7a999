"""Events of the cell and its nodes."""
from providers import flat_report, full_report, set_overlay
from state import in_unit_order


def ledger_created(state, event):
    state.cell = {"cell": event["data"]["cell"], "historyId": event["data"]["historyId"], "epoch": 0}


def nothing(_state, _event):
    pass


def writer_elected(state, event):
    state.cell["epoch"] = event["data"]["epoch"]


def history_forked(state, event):
    data = event["data"]
    state.cell["historyId"] = data["newHistoryId"]
    state.forks.append([data["from"], data["newHistoryId"], data["keptTo"], data["lostTo"]])
    for node in state.nodes.values():
        if node["status"]["kind"] != "retired":
            node["owesReport"] = event["number"]


def guest_report_received(state, event):
    state.node(event["data"]["node"])["owesReport"] = None


def new_node(owner, owes_report):
    return {
        "owesReport": owes_report,
        "owner": owner,
        "status": {"kind": "enabled"},
        "inventory": {"kind": "unknown", "sequence": 0},
        "transferTo": None,
        "failedBuilds": 0,
        "policies": {},
        "aggregates": {},
        "overlay": [],
        "driftPolicy": None,
        "drifts": {},
        "providers": {},
    }


def node_registered(state, event):
    command, owner = event["command"], event["actor"]["id"]
    owes_report = event["number"] if state.forks else None
    node = state.nodes.setdefault(command["node"], new_node(owner, owes_report))
    if node["owner"] != owner:
        node.update(owner=owner, transferTo=None)
    node.update(bootId=command["bootId"], incarnation=event["data"]["incarnation"])
    node["inventory"]["sequence"] = 0
    if node["status"]["kind"] == "down":
        node["status"]["fenced"] = False


def status_set(kind):
    def apply(state, event):
        status = {"kind": kind}
        if kind == "disabled":
            status["reason"] = event["command"]["reason"]
        state.node(event["command"]["node"])["status"] = status

    return apply


def node_marked_down(state, event):
    name, fenced = event["command"]["node"], event["command"]["fenced"]
    state.node(name)["status"] = {"kind": "down", "reason": event["command"]["reason"], "fenced": fenced}
    if fenced:
        for instance, claim in state.claims_on(name):
            if claim["release"] is not None:
                state.release(instance)
        for move in state.sides_on(name):
            if move["side"]["state"] != "held":
                state.free_side(move)


def node_transferred(state, event):
    node, owner = state.node(event["command"]["node"]), event["command"]["owner"]
    node["transferTo"] = None if owner == node["owner"] else owner


def build_recorded(state, event):
    state.node(event["command"]["node"])["failedBuilds"] = event["data"]["failedBuilds"]


def inventory_changed(state, event):
    command = event["command"]
    state.node(command["node"])["inventory"] = {"kind": "reported", "sequence": command["sequence"]}
    if command["mode"] == "full":
        full_report(state, command["node"], command["providers"])
    else:
        flat_report(state, command["node"], command["totals"])


def inventory_stale(state, event):
    data = event["data"]
    node = state.node(data["node"])
    since = node["inventory"]["since"] if node["inventory"]["kind"] == "stale" else event["at"]
    node["inventory"] = {"kind": "stale", "sequence": data["sequence"], "since": since, "reason": data["reason"]}


def inventory_policy_set(state, event):
    node = state.node(event["command"]["node"])
    for policy in event["command"]["policies"]:
        place, resource = policy["provider"], policy["class"]
        figures = {
            field: policy[field] for field in ("reserved", "allocationRatioMillionths") if field in policy
        }
        node["policies"].setdefault((place, resource), {}).update(figures)
        node["providers"].get(place, {"inventories": {}})["inventories"].get(resource, {}).update(figures)


def aggregates_set(state, event):
    node, place = state.node(event["command"]["node"]), event["command"]["provider"]
    aggregates = sorted(event["command"]["aggregates"])
    node["aggregates"].pop(place, None)
    if aggregates:
        node["aggregates"][place] = aggregates
    if place in node["providers"]:
        node["providers"][place]["aggregates"] = aggregates


def overlay_set(state, event):
    set_overlay(state, event["command"]["node"], event["command"]["targets"])


def charges_reshaped(state, event):
    name = event["command"]["node"]
    state.freed_on.add(name)
    for rule in event["command"]["rules"]:
        for holder, owner in owners_of(state, name, rule):
            if has_line(holder["charge"], rule):
                holder["charge"] = reshaped(holder["charge"], rule, owner)
                if "counted" in holder:
                    holder["counted"] = holder["charge"]


def owners_of(state, name, rule):
    """What holds a charge, with what the rule says of it."""
    if "owners" not in rule:
        holders = [claim for _instance, claim in state.claims_on(name)]
        holders += [move["side"] for move in state.sides_on(name)]
        return [(holder, {}) for holder in holders]
    return [
        (state.move(one["moveId"])["side"] if "moveId" in one else state.claim(one["instance"]), one)
        for one in rule["owners"]
    ]


def has_line(charge, rule):
    return any((line["provider"], line["class"]) == (rule["from"], rule["class"]) for line in charge)


def reshaped(charge, rule, owner):
    lines = {(line["provider"], line["class"]): dict(line) for line in charge}
    line = lines[rule["from"], rule["class"]]
    units = owner.get("units", [] if "amount" in owner else line.get("units", []))
    amount = len(owner["units"]) if "units" in owner else owner.get("amount", line["amount"])
    line["amount"] -= amount
    keep_units(line, [unit for unit in line.get("units", []) if unit not in units])
    new = {"provider": rule["to"], "class": rule["class"], "amount": 0}
    target = lines.setdefault((rule["to"], rule["class"]), new)
    target["amount"] += amount
    keep_units(target, in_unit_order(target.get("units", []) + units) if units else target.get("units", []))
    return [one for one in lines.values() if one["amount"] > 0]


def keep_units(line, units):
    line.pop("units", None)
    if units:
        line["units"] = units


HANDLERS = {
    "LedgerCreated": ledger_created,
    "CellConfigured": nothing,
    "Checkpoint": nothing,
    "CheckpointRevoked": nothing,
    "CommandRejected": nothing,
    "WriterElected": writer_elected,
    "HistoryForked": history_forked,
    "GuestReportReceived": guest_report_received,
    "NodeRegistered": node_registered,
    "NodeEnabled": status_set("enabled"),
    "NodeDisabled": status_set("disabled"),
    "NodeRetired": status_set("retired"),
    "NodeMarkedDown": node_marked_down,
    "NodeTransferred": node_transferred,
    "BuildRecorded": build_recorded,
    "InventoryChanged": inventory_changed,
    "InventoryStale": inventory_stale,
    "InventoryPolicySet": inventory_policy_set,
    "AggregatesSet": aggregates_set,
    "OverlaySet": overlay_set,
    "ChargesReshaped": charges_reshaped,
}
