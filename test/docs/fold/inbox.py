"""Events of the inbox."""
from state import Damage

MOST_PARKED = 1000


def settle(state, sequence):
    if state.parked.pop(sequence, None) is None and sequence <= state.inbox_up_to:
        raise Damage(f"message {sequence} of the inbox was dealt with before")
    state.inbox_up_to = max(state.inbox_up_to, sequence)


def settled(state, event):
    settle(state, event["data"]["sequence"])


def parked(state, event):
    sequence, code = event["data"]["sequence"], event["data"]["code"]
    settle(state, sequence)
    state.parked[sequence] = {"code": code, "since": event["at"], "isRetried": False}
    if len(state.parked) > MOST_PARKED:
        del state.parked[min(state.parked)]


def retried(state, event):
    sequence = event["data"]["sequence"]
    if sequence not in state.parked:
        raise Damage(f"message {sequence} of the inbox is not parked")
    state.parked[sequence]["isRetried"] = True


HANDLERS = {
    "InboxPassed": settled,
    "InboxParked": parked,
    "InboxRetried": retried,
    "InboxDiscarded": settled,
}
