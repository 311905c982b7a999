"""What a fold keeps, and how it finds what is held: the parts "State" and "What has vanished" of the page."""
import json


class Damage(Exception):
    """An event that cannot be applied to the state before it."""


class State:
    def __init__(self):
        self.cell = None
        self.forks = []
        self.inbox_up_to = 0
        self.parked = {}
        self.nodes = {}
        self.instances = {}
        self.moves = {}
        self.freed_on = set()

    def node(self, name):
        return found(self.nodes, name)

    def claim(self, instance):
        entry = found(self.instances, instance)
        if entry["kind"] != "held":
            raise Damage(f"instance {instance} is not held")
        return entry["claim"]

    def move(self, name):
        return found(self.moves, name)

    def hold(self, instance, claim):
        self.node(claim["node"])
        self.instances[instance] = {"kind": "held", "claim": claim}

    def free_claim(self, instance):
        claim = self.claim(instance)
        self.freed_on.add(claim["node"])
        return claim

    def end(self, instance):
        self.instances[instance] = {"kind": "ended"}

    def shelve(self, instance, claim):
        kept = {name: claim[name] for name in ("claimId", "node", "tenant", "labels", "claimant", "groups")}
        self.instances[instance] = {"kind": "shelved", **kept}

    def release(self, instance):
        """Frees a claim; its instance becomes what the release says, and ends when nobody asked for one."""
        claim = self.free_claim(instance)
        if claim["release"] is not None and claim["release"]["becomes"] == "offloaded":
            self.shelve(instance, claim)
        else:
            self.end(instance)

    def free_side(self, move):
        if move["side"] is None:
            raise Damage("the move has no side")
        self.freed_on.add(move["side"]["node"])
        move["side"] = None

    def claims_on(self, node):
        return [entry for entry in self.claims() if entry[1]["node"] == node]

    def claims(self):
        return [(name, one["claim"]) for name, one in self.instances.items() if one["kind"] == "held"]

    def sides_on(self, node):
        return [one for one in self.moves.values() if one["side"] is not None and one["side"]["node"] == node]

    def held_lines(self):
        """Every line that is held, with its node."""
        for _instance, claim in self.claims():
            for line in claim["charge"]:
                yield claim["node"], line
        for move in self.moves.values():
            for line in [] if move["side"] is None else move["side"]["counted"]:
                yield move["side"]["node"], line

    def charged_on(self, node):
        """The amounts charged on a node, by provider and class."""
        amounts = {}
        for place, line in self.held_lines():
            if place == node:
                key = (line["provider"], line["class"])
                amounts[key] = amounts.get(key, 0) + line["amount"]
        return amounts

    def forget_vanished(self):
        """Forgets what has vanished and is no longer charged, where the last event freed something."""
        for name in self.freed_on:
            providers = self.node(name)["providers"]
            if any(one["isVanished"] for each in providers.values() for one in (each, *each["inventories"].values())):
                forget_uncharged(providers, self.charged_on(name))
        self.freed_on = set()


def forget_uncharged(providers, charged):
    for name, provider in list(providers.items()):
        for resource, inventory in list(provider["inventories"].items()):
            if inventory["isVanished"] and charged.get((name, resource), 0) == 0:
                del provider["inventories"][resource]
        if provider["isVanished"] and not provider["inventories"]:
            del providers[name]


def found(table, name):
    if name not in table:
        raise Damage(f"{name} is not known")
    return table[name]


def text_of(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def in_unit_order(units):
    return sorted(units, key=lambda unit: (len(unit), unit))
