"""Events of moves."""
from state import text_of


def move_claimed(state, event):
    command, data = event["command"], event["data"]
    state.moves[event["commandId"]] = {
        "kind": command["kind"],
        "instance": command["instance"],
        "source": command.get("source", ""),
        "destination": command["destination"],
        "state": "claimed",
        "since": event["at"],
        "replace": command.get("replace", False),
        "isError": False,
        "claimant": event["actor"],
        "requestText": move_text(state, command),
        "otherSide": "destination",
        "sourceIncarnation": source_incarnation(state, command),
        "side": {
            "node": command["destination"],
            "charge": data["charge"],
            "counted": data.get("counted", data["charge"]),
            "state": "held",
            "since": event["at"],
            "actor": None,
        },
    }


def move_text(state, command):
    for field in ("request", "charge"):
        if field in command:
            return text_of(command[field])
    return state.claim(command["instance"])["requestText"]


def source_incarnation(state, command):
    return state.node(command["source"])["incarnation"] if command["kind"] == "evacuation" else None


def move_advanced(state, event):
    move, target = state.move(event["command"]["moveId"]), event["command"]["to"]
    if target == "switched":
        change_over(state, move, event)
    move.update(state=target, since=event["at"], isError=False)


def move_completed(state, event):
    move = named_move(state, event)
    if move["kind"] == "unshelve":
        unshelve(state, event, move)
    else:
        keep_destination(state, event, move)
    close(state, move, event, "completed", event["data"]["other"])


def unshelve(state, event, move):
    shelved, side = state.instances[move["instance"]], move["side"]
    claim = {field: shelved[field] for field in ("tenant", "labels", "claimant", "groups")}
    claim.update(claimId=named(event)["moveId"], node=side["node"], charge=side["charge"], status="confirmed")
    claim.update(requestText=move["requestText"], expiry=None, release=None, state=None)
    state.hold(move["instance"], claim)
    move["side"] = None


def keep_destination(state, event, move):
    state.claim(move["instance"]).update(claimId=named(event)["moveId"], requestText=move["requestText"])


def move_confirmed(state, event):
    move = named_move(state, event)
    keep_destination(state, event, move)
    close(state, move, event, "confirmed", event["data"]["other"])


def move_reverted(state, event):
    move = named_move(state, event)
    change_over(state, move, event)
    close(state, move, event, "reverted", event["data"]["other"])


def move_cancelled(state, event):
    close(state, named_move(state, event), event, "cancelled", event["data"]["other"])


def move_failed(state, event):
    move, data = named_move(state, event), event["data"]
    if "other" in data:
        close(state, move, event, data["state"], data["other"])
    else:
        move["isError"] = data["isError"]


def move_claim_dropped(state, event):
    state.free_side(named_move(state, event))


def move_release_requested(state, event):
    named_move(state, event)["side"].update(state="releasing", since=event["at"], actor=event["actor"])


def named(event):
    return event.get("command", event["data"])


def named_move(state, event):
    return state.move(named(event)["moveId"])


def change_over(state, move, event):
    claim, side = state.claim(move["instance"]), move["side"]
    for field in ("node", "charge"):
        claim[field], side[field] = side[field], claim[field]
    side.update(counted=counted(move, claim), since=event["at"])
    move["otherSide"] = "source" if move["otherSide"] == "destination" else "destination"


def counted(move, claim):
    """What the charge of the side adds to its node."""
    side = move["side"]
    if not move["replace"] or claim["node"] != side["node"]:
        return side["charge"]
    beside = {(line["provider"], line["class"]): line for line in claim["charge"]}
    beyond = [beyond_line(line, beside.get((line["provider"], line["class"]), {"amount": 0})) for line in side["charge"]]
    return [line for line in beyond if line["amount"] > 0 or line.get("units")]


def beyond_line(line, other):
    units = [unit for unit in line.get("units", []) if unit not in other.get("units", [])]
    has_units = "units" in line and "units" in other
    amount = len(units) if has_units else max(0, line["amount"] - other["amount"])
    return {**line, "amount": amount, "units": units}


def close(state, move, event, closed_as, other):
    move.update(state=closed_as, since=event["at"], isError=False)
    side = move["side"]
    if side is None:
        return
    if other == "released" or not side["counted"]:
        state.free_side(move)
        return
    actor = event["actor"] if other == "releasing" else None
    side.update(state=other, since=event["at"], actor=actor, charge=side["counted"])


HANDLERS = {
    "MoveClaimed": move_claimed,
    "MoveAdvanced": move_advanced,
    "MoveCompleted": move_completed,
    "MoveConfirmed": move_confirmed,
    "MoveAutoConfirmed": move_confirmed,
    "MoveReverted": move_reverted,
    "MoveCancelled": move_cancelled,
    "MoveFailed": move_failed,
    "MoveClaimDropped": move_claim_dropped,
    "MoveClaimForceDropped": move_claim_dropped,
    "MoveReleaseRequested": move_release_requested,
}
