"""The fold of docs/reference/fold.md, written from that page with a standard library only.

python3 fold.py reads one list of events per line and prints, for each, a list: the digest and the sorted records.
"""
import hashlib
import json
import sys

MILLION = 1_000_000
LARGEST = 2**53 - 1


def text_of(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def in_unit_order(units):
    return sorted(units, key=lambda unit: (len(unit), unit))


class Fold:
    def __init__(self):
        self.cell = None
        self.nodes = {}
        self.claims = {}
        self.ended = set()

    def apply(self, event):
        getattr(self, "on_" + event["type"])(event, event.get("command"), event["data"])

    def on_LedgerCreated(self, _event, _command, data):
        self.cell = {"cell": data["cell"], "historyId": data["historyId"], "epoch": 0}

    def on_CellConfigured(self, _event, _command, _data):
        pass

    def on_CommandRejected(self, _event, _command, _data):
        pass

    def on_WriterElected(self, _event, _command, data):
        self.cell["epoch"] = data["epoch"]

    def on_NodeRegistered(self, event, command, data):
        new = {"owner": event["actor"]["id"], "status": "enabled", "reason": "", "inventory": "unknown", "providers": {}}
        node = self.nodes.setdefault(command["node"], new)
        node.update(bootId=command["bootId"], incarnation=data["incarnation"], sequence=0)

    def on_InventoryChanged(self, _event, command, _data):
        node = self.nodes[command["node"]]
        node.update(inventory="reported", sequence=command["sequence"])
        before = node["providers"]
        after = {each["id"]: self.reported(command["node"], each, before.get(each["id"])) for each in command["providers"]}
        for name, provider in before.items():
            inventories = self.vanished(command["node"], name, provider, after.get(name, {}).get("inventories", {}))
            if name in after:
                after[name]["inventories"].update(inventories)
            elif inventories:
                after[name] = dict(provider, isVanished=True, inventories=inventories)
        node["providers"] = after

    def reported(self, node, provider, before):
        known = {} if before is None else before["inventories"]
        inventories = {each["class"]: self.figures(each, known.get(each["class"])) for each in provider["inventories"]}
        return {
            "parent": provider.get("parent", ""),
            "traits": sorted(provider.get("traits", [])),
            "aggregates": sorted(provider.get("aggregates", [])),
            "isVanished": False,
            "inventories": inventories,
        }

    def figures(self, reported, before):
        kept = before or {"reserved": 0, "allocationRatioMillionths": MILLION}
        return {
            "total": reported["total"],
            "reserved": reported.get("reserved", kept["reserved"]),
            "minUnit": reported.get("minUnit", 1),
            "maxUnit": reported.get("maxUnit", LARGEST),
            "stepSize": reported.get("stepSize", 1),
            "allocationRatioMillionths": reported.get("allocationRatioMillionths", kept["allocationRatioMillionths"]),
            "units": in_unit_order(reported.get("units", [])),
            "isVanished": False,
        }

    def vanished(self, node, name, provider, reported):
        return {
            resource: dict(inventory, isVanished=True)
            for resource, inventory in provider["inventories"].items()
            if resource not in reported and self.charged(node, name, resource) > 0
        }

    def on_NodeEnabled(self, _event, command, _data):
        self.nodes[command["node"]].update(status="enabled", reason="")

    def on_NodeDisabled(self, _event, command, _data):
        self.nodes[command["node"]].update(status="disabled", reason=command["reason"])

    def on_NodeRetired(self, _event, command, _data):
        self.nodes[command["node"]].update(status="retired", reason="")

    def on_InstanceClaimed(self, event, command, data):
        self.claims[command["instance"]] = {
            "claimId": event["commandId"],
            "node": data["node"],
            "status": "unconfirmed",
            "tenant": command.get("tenant", ""),
            "labels": sorted(command.get("labels", {}).items()),
            "claimant": event["actor"],
            "requestText": text_of(command["request"] if "request" in command else command["charge"]),
            "charge": data["charge"],
        }

    def on_ClaimConfirmed(self, _event, command, _data):
        self.claims[command["instance"]]["status"] = "confirmed"

    def on_ClaimAborted(self, _event, command, _data):
        self.end(self.claims.pop(command["instance"])["node"])

    def on_InstanceDropped(self, _event, command, _data):
        self.ended.add(command["instance"])
        self.end(self.claims.pop(command["instance"])["node"])

    def end(self, node):
        providers = self.nodes[node]["providers"]
        for name, provider in list(providers.items()):
            for resource, inventory in list(provider["inventories"].items()):
                if inventory["isVanished"] and self.charged(node, name, resource) == 0:
                    del provider["inventories"][resource]
            if provider["isVanished"] and not provider["inventories"]:
                del providers[name]

    def lines(self, node, provider, resource):
        for claim in self.claims.values():
            for line in claim["charge"]:
                if (claim["node"], line["provider"], line["class"]) == (node, provider, resource):
                    yield line

    def charged(self, node, provider, resource):
        return sum(line["amount"] for line in self.lines(node, provider, resource))

    def taken_units(self, node, provider, resource):
        return in_unit_order(unit for line in self.lines(node, provider, resource) for unit in line.get("units", []))

    def records(self):
        if self.cell is not None:
            yield ["cell", self.cell["cell"], self.cell["historyId"], self.cell["epoch"]]
        for name, node in self.nodes.items():
            yield from self.node_records(name, node)
        for instance, claim in self.claims.items():
            yield self.claim_record(instance, claim)
        for instance in self.ended:
            yield ["ended", instance]

    def node_records(self, name, node):
        count = sum(1 for claim in self.claims.values() if claim["node"] == name)
        state = [node["status"], node["reason"], node["inventory"], node["sequence"], count]
        yield ["node", name, node["owner"], node["incarnation"], node["bootId"], *state]
        for place, provider in node["providers"].items():
            lists = [provider["traits"], provider["aggregates"]]
            yield ["provider", name, place, provider["parent"], *lists, provider["isVanished"]]
            for resource, inventory in provider["inventories"].items():
                charge = [self.charged(name, place, resource), self.taken_units(name, place, resource)]
                yield ["inventory", name, place, resource, *inventory.values(), *charge]

    def claim_record(self, instance, claim):
        who = [claim["claimant"]["role"], claim["claimant"]["id"]]
        charge = [[line["provider"], line["class"], line["amount"], line.get("units", [])] for line in claim["charge"]]
        fields = [claim[field] for field in ("node", "status", "tenant", "labels")]
        return ["claim", claim["claimId"], instance, *fields, *who, claim["requestText"], charge]


def main():
    for history in sys.stdin:
        fold = Fold()
        for event in json.loads(history):
            fold.apply(event)
        records = sorted(text_of(record) for record in fold.records())
        digest = sum(int.from_bytes(hashlib.sha256(record.encode()).digest()[:16], "big") for record in records) % 2**128
        print(text_of([format(digest, "032x"), records]))


main()
