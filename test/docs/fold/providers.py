"""Providers of a node: "A full report", "A flat report" and "The overlay" of the page."""
from state import in_unit_order

MILLION = 1_000_000
LARGEST = 2**53 - 1


def full_report(state, name, reported):
    node = state.node(name)
    before, charged = node["providers"], state.charged_on(name)
    after = {one["id"]: reported_provider(node, one, before.get(one["id"])) for one in reported}
    for place, provider in before.items():
        there = after[place]["inventories"] if place in after else {}
        left = {
            resource: vanished(inventory)
            for resource, inventory in provider["inventories"].items()
            if resource not in there and charged.get((place, resource), 0) > 0
        }
        if place in after:
            there.update(left)
        elif left:
            after[place] = dict(provider, isVanished=True, inventories=left, addedTraits=[])
    node["providers"] = after
    put_overlay(node, name, before, charged)


def reported_provider(node, one, before):
    place = one["id"]
    return {
        "parent": one.get("parent", ""),
        "traits": sorted(one.get("traits", [])),
        "aggregates": sorted(one.get("aggregates", node["aggregates"].get(place, []))),
        "isVanished": False,
        "inventories": {each["class"]: inventory_of(node, place, each, before) for each in one["inventories"]},
        "addedTraits": [],
    }


def inventory_of(node, place, stated, before):
    """What a report or an overlay states of a class, and what it leaves out."""
    known = None if before is None else before["inventories"].get(stated["class"])
    policy = node["policies"].get((place, stated["class"]), {})

    def kept(field, otherwise):
        if field in stated:
            return stated[field]
        return policy.get(field, otherwise) if known is None else known[field]

    return {
        "total": stated["total"],
        "reserved": kept("reserved", 0),
        "minUnit": stated.get("minUnit", 1),
        "maxUnit": stated.get("maxUnit", LARGEST),
        "stepSize": stated.get("stepSize", 1),
        "allocationRatioMillionths": kept("allocationRatioMillionths", MILLION),
        "units": in_unit_order(stated.get("units", [])),
        "isVanished": False,
        "isAdded": False,
    }


def vanished(inventory):
    return dict(inventory, isVanished=True, isAdded=False)


def root_of(providers):
    roots = [name for name, one in providers.items() if not one["isVanished"] and one["parent"] == ""]
    return roots[0] if roots else None


def flat_report(state, name, totals):
    node = state.node(name)
    before = node["providers"]
    after = {place: dict(one, inventories=dict(one["inventories"])) for place, one in before.items()}
    place = root_of(after)
    if place is None:
        place = name
        after[place] = reported_provider(node, {"id": place, "inventories": []}, None)
    for stated in totals:
        known = after[place]["inventories"].get(stated["class"])
        if known is not None and not known["isVanished"] and not known["isAdded"]:
            stated = {**{field: known[field] for field in ("minUnit", "maxUnit", "stepSize")}, **stated}
        after[place]["inventories"][stated["class"]] = inventory_of(node, place, stated, before.get(place))
    node["providers"] = after
    put_overlay(node, name, before, state.charged_on(name))


def set_overlay(state, name, targets):
    node = state.node(name)
    node["overlay"] = targets
    before = node["providers"]
    node["providers"] = {place: dict(one, inventories=dict(one["inventories"])) for place, one in before.items()}
    put_overlay(node, name, before, state.charged_on(name))


def put_overlay(node, name, before, charged):
    named = {target["provider"]: target for target in node["overlay"] if "provider" in target}
    default = next((target for target in node["overlay"] if "provider" not in target), None)
    root = root_of(node["providers"])
    for place, provider in node["providers"].items():
        if not provider["isVanished"]:
            target = named.get(place, default if place == root else None)
            put_target(node, place, before.get(place), target or {"inventories": []}, charged)


def put_target(node, place, before, target, charged):
    provider = node["providers"][place]
    inventories = provider["inventories"]
    taken = {resource: one for resource, one in inventories.items() if one["isAdded"]}
    for resource in taken:
        del inventories[resource]
    plain = [trait for trait in provider["traits"] if trait not in provider["addedTraits"]]
    for stated in target["inventories"]:
        there = inventories.get(stated["class"])
        if there is None or there["isVanished"]:
            inventories[stated["class"]] = dict(inventory_of(node, place, stated, before), isAdded=True)
    added = [trait for trait in target.get("traits", []) if trait not in plain]
    provider.update(traits=sorted(plain + added), addedTraits=added)
    for resource, inventory in taken.items():
        if resource not in inventories and charged.get((place, resource), 0) > 0:
            inventories[resource] = vanished(inventory)
