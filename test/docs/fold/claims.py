"""Events of claims, and of the audits that find and heal drift."""
from moves import close
from state import text_of


def asked_text(command):
    return text_of(command["request"] if "request" in command else command["charge"])


def new_claim(event, node, charge, request_text):
    return {
        "claimId": event["commandId"],
        "node": node,
        "status": "confirmed",
        "tenant": "",
        "labels": [],
        "claimant": event["actor"],
        "groups": [],
        "requestText": request_text,
        "charge": charge,
        "expiry": None,
        "release": None,
        "state": None,
    }


def instance_claimed(state, event):
    command, data = event["command"], event["data"]
    claim = new_claim(event, data["node"], data["charge"], asked_text(command))
    claim.update(status="unconfirmed", groups=command.get("groups", []), **identity(command))
    if "ttlMs" in command:
        claim["expiry"] = [command["ttlMs"], event["at"] + command["ttlMs"]]
    state.hold(command["instance"], claim)


def instance_adopted(state, event):
    command = event["command"]
    claim = new_claim(event, command["node"], event["data"]["charge"], text_of(command["charge"]))
    claim.update(identity(command))
    state.hold(command["instance"], claim)


def identity(command):
    return {"tenant": command.get("tenant", ""), "labels": sorted(command.get("labels", {}).items())}


def claim_confirmed(state, event):
    state.claim(event["command"]["instance"]).update(status="confirmed", expiry=None)


def claim_aborted(state, event):
    instance = event.get("command", event["data"])["instance"]
    state.free_claim(instance)
    del state.instances[instance]


def instance_rebuilt(state, event):
    command = event["command"]
    claim = state.claim(command["instance"])
    claim["charge"] = event["data"]["charge"]
    if command["stage"] == "after":
        claim["requestText"] = asked_text(command)
    state.freed_on.add(claim["node"])


def instance_state_reported(state, event):
    state.claim(event["command"]["instance"])["state"] = event["command"]["state"]


def instance_dropped(state, event):
    instance = event["command"]["instance"]
    if state.instances[instance]["kind"] == "held":
        state.free_claim(instance)
    state.end(instance)
    close_with_instance(state, event)


def instance_offloaded(state, event):
    instance = event["command"]["instance"]
    state.shelve(instance, state.free_claim(instance))


def drop_requested(state, event):
    becomes = "ended" if event["command"]["type"] == "DropInstance" else "offloaded"
    release = {"since": event["at"], "actor": event["actor"], "becomes": becomes}
    state.claim(event["command"]["instance"])["release"] = release
    close_with_instance(state, event)


def close_with_instance(state, event):
    if "move" in event["data"]:
        move = event["data"]["move"]
        close(state, state.move(move["moveId"]), event, "dropped", move["other"])


def drift_key(drift):
    return drift["kind"], drift["instance"], drift.get("moveId", "")


def drift_policy_set(state, event):
    command = event["command"]
    state.node(command["node"])["driftPolicy"] = [command["policy"], command.get("mayFree", 0)]


def drift_found(state, event):
    node = state.node(event["data"]["node"])
    for drift in event["data"]["cleared"]:
        node["drifts"].pop(drift_key(drift), None)
    for drift in event["data"]["found"]:
        found = [event["at"], event["number"], node["incarnation"], text_of(drift["details"])]
        node["drifts"][drift_key(drift)] = found


def drift_healed(state, event):
    data = event["data"]
    node = state.node(data["node"])
    for healed in data["healed"]:
        del node["drifts"][drift_key(healed)]
        if healed["effect"] == "adopted":
            claim = new_claim(event, data["node"], healed["charge"], text_of(healed["charge"]))
            state.hold(healed["instance"], claim)
        elif "moveId" in healed:
            state.free_side(state.move(healed["moveId"]))
        else:
            state.release(healed["instance"])
    if node["driftPolicy"] is not None and any(healed["effect"] == "freed" for healed in data["healed"]):
        node["driftPolicy"][1] = 0


HANDLERS = {
    "InstanceClaimed": instance_claimed,
    "InstanceAdopted": instance_adopted,
    "ClaimConfirmed": claim_confirmed,
    "ClaimAborted": claim_aborted,
    "ClaimExpired": claim_aborted,
    "InstanceRebuilt": instance_rebuilt,
    "InstanceStateReported": instance_state_reported,
    "InstanceDropped": instance_dropped,
    "InstanceForceDropped": instance_dropped,
    "InstanceOffloaded": instance_offloaded,
    "DropRequested": drop_requested,
    "DriftPolicySet": drift_policy_set,
    "DriftFound": drift_found,
    "DriftHealed": drift_healed,
}
