"""A node's agent in Python, written from docs/reference alone: standard library, NATS' text protocol on a bare socket.

Usage: python3 python_agent.py HOST PORT CELL    (user and password in NATS_USER and NATS_PASSWORD)

Prints one JSON object per step. Exits with 1 when anything is not as the documentation says.
"""

import base64
import hashlib
import json
import os
import re
import socket
import sys
import time
import uuid

AGENT = 'py.agent:1'
NODE = 'py-host.example.net:1'
OTHER = 'py-host.example.net:2'
REQUEST_TIMEOUT_S = 5.0
PLAIN_TOKEN = re.compile(r'[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z')
SAME_ID = 'same-id'


def token(identifier):
    if PLAIN_TOKEN.match(identifier):
        return identifier
    encoded = base64.urlsafe_b64encode(identifier.encode()).decode().rstrip('=')
    return '_' + encoded


class NoResponders(Exception):
    """Nobody listens on the subject: nothing was done."""


class Connection:
    """Requests and subscriptions over one socket."""

    def __init__(self, host, port, user, password):
        self._socket = socket.create_connection((host, port), timeout=REQUEST_TIMEOUT_S)
        self._stream = self._socket.makefile('rb')
        self._inbox = '_INBOX.' + uuid.uuid4().hex
        self._subscribers = {}
        self._last_sid = 0
        self._replies = {}
        self._requests = 0
        if not self._read_line().startswith(b'INFO '):
            raise RuntimeError('the server did not introduce itself')
        options = {
            'verbose': False,
            'headers': True,
            'no_responders': True,
            'lang': 'python',
            'version': '0.0.0',
            'user': user,
            'pass': password,
        }
        self._send(b'CONNECT ' + json.dumps(options).encode() + b'\r\n')
        self.subscribe(self._inbox + '.*', self._take_reply)

    def subscribe(self, subject, handler):
        self._last_sid += 1
        self._subscribers[self._last_sid] = handler
        self._send(f'SUB {subject} {self._last_sid}\r\n'.encode())

    def request(self, subject, body):
        self._requests += 1
        reply_to = f'{self._inbox}.{self._requests}'
        self._send(f'PUB {subject} {reply_to} {len(body)}\r\n'.encode() + body + b'\r\n')
        while reply_to not in self._replies:
            self._read_message()
        status, payload = self._replies.pop(reply_to)
        if status == '503':
            raise NoResponders(subject)
        return json.loads(payload)

    def flush(self):
        """Everything the server sent before has been handled."""
        self._send(b'PING\r\n')
        while self._read_message() != b'PONG':
            pass

    def close(self):
        self._socket.close()

    def _take_reply(self, subject, status, payload):
        self._replies[subject] = (status, payload)

    def _send(self, data):
        self._socket.sendall(data)

    def _read_line(self):
        line = self._stream.readline()
        if not line.endswith(b'\r\n'):
            raise ConnectionError('the server closed the connection')
        return line[:-2]

    def _read_message(self):
        line = self._read_line()
        words = line.decode().split(' ')
        if words[0] == 'MSG':
            payload = self._read_exactly(int(words[-1]))
            self._subscribers[int(words[2])](words[1], None, payload)
        elif words[0] == 'HMSG':
            header_size, size = int(words[-2]), int(words[-1])
            whole = self._read_exactly(size)
            status_line = whole[:header_size].split(b'\r\n', 1)[0].decode().split(' ')
            status = status_line[1] if len(status_line) > 1 else None
            self._subscribers[int(words[2])](words[1], status, whole[header_size:])
        elif words[0] == 'PING':
            self._send(b'PONG\r\n')
        elif words[0] == '-ERR':
            raise RuntimeError(line.decode())
        return line

    def _read_exactly(self, size):
        payload = self._stream.read(size)
        self._stream.read(2)
        return payload


class Ledger:
    """Commands of one agent, and queries, of one cell."""

    def __init__(self, connection, cell):
        self._connection = connection
        self._cell = cell
        self.newest = None

    def body(self, **fields):
        return {
            'commandId': str(uuid.uuid4()),
            'issuedAt': int(time.time() * 1000),
            'origin': {'client': 'python-agent', 'version': '0.0.0', 'host': 'localhost'},
            **fields,
        }

    def send(self, command, body):
        subject = f'fleetbook.v1.{self._cell}.cmd.agent.{token(AGENT)}.{command}'
        payload = json.dumps(body).encode()
        wait_s = 0.05
        while True:
            try:
                reply = self._connection.request(subject, payload)
                if reply['outcome'] != 'error' or reply['error']['retry'] != SAME_ID:
                    self.newest = reply.get('token', self.newest)
                    return reply
            except NoResponders:
                pass
            time.sleep(wait_s)
            wait_s = min(2.0, wait_s * 2)

    def send_batch(self, commands):
        subject = f'fleetbook.v1.{self._cell}.cmd.agent.{token(AGENT)}.Batch'
        reply = self._connection.request(subject, json.dumps({'commands': commands}).encode())
        self.newest = max((one['token'] for one in reply['outcomes']), key=lambda text: int(text.rsplit('.', 1)[1]))
        return reply

    def ask(self, query, **fields):
        if self.newest is not None:
            fields = {'atLeast': self.newest, **fields}
        payload = json.dumps(fields).encode()
        while True:
            reply = self._connection.request(f'fleetbook.v1.{self._cell}.query.{query}', payload)
            if reply['outcome'] == 'answer' or reply['error']['retry'] != SAME_ID:
                return reply


def verify_log(connection, cell):
    """Reads the whole log and checks it as docs/reference/stored-format.md says."""
    number, previous_hash, epoch, commits, types = 0, '0' * 64, 0, 0, []
    while True:
        request = json.dumps({'seq': commits + 1}).encode()
        answer = connection.request(f'$JS.API.STREAM.MSG.GET.FLEETBOOK_{cell}_0001', request)
        if 'error' in answer:
            require(answer['error']['err_code'] == 10037, 'the log ends')
            return {'commits': commits, 'number': number, 'hash': previous_hash, 'types': types}
        raw = base64.b64decode(answer['message']['data'])
        suffix = re.fullmatch(rb',"hash":"([0-9a-f]{64})"\}', raw[-75:])
        require(suffix is not None, 'a commit ends with its hash')
        digest = hashlib.sha256(raw[:-75]).hexdigest()
        require(suffix.group(1).decode() == digest, 'the hash covers the text before it')
        commit = json.loads(raw)
        require(commit['firstNumber'] == number + 1, 'numbers have no gap')
        require(commit['previousHash'] == previous_hash, 'each commit names the hash before it')
        events = commit['events']
        lengths = [len(json.dumps(event, ensure_ascii=False, separators=(',', ':')).encode()) for event in events]
        require(commit['lengths'] == lengths, 'lengths are those of the events')
        if events[0]['type'] == 'WriterElected':
            require(events[0]['data']['epoch'] == commit['epoch'] > epoch, 'an election raises the epoch')
            epoch = commit['epoch']
        require(commit['epoch'] == epoch, 'only the writer in office appends')
        for event in events:
            number += 1
            require(event['number'] == number, 'events are numbered in their order')
            types.append(event['type'])
            if 'command' in event:
                text = json.dumps(event['command'], ensure_ascii=False, separators=(',', ':'))
                hashed = f'{event["issuedAt"]}|{event.get("correlationId", "")}|{text}'
                short = hashlib.sha256(hashed.encode()).hexdigest()[:32]
                require(event['commandHash'] == short, 'a command has the hash that is stated')
        previous_hash, commits = digest, commits + 1


def require(holds, what):
    if not holds:
        sys.exit(f'not as documented: {what}')


def show(step, value):
    print(json.dumps({'step': step, 'value': value}), flush=True)


def inventory(node, incarnation):
    root = {
        'id': node,
        'inventories': [
            {'class': 'VCPU', 'total': 8, 'reserved': 1, 'allocationRatio': 1.5},
            {'class': 'MEMORY_MB', 'total': 16384, 'minUnit': 256, 'stepSize': 256},
        ],
        'traits': ['HW_CPU_X86_AVX2'],
        'aggregates': ['rack-1'],
    }
    gpu = {
        'id': node + ':3b:00.0',
        'parent': node,
        'inventories': [{'class': 'CUSTOM_GPU', 'total': 2, 'units': ['gpu-0', 'gpu-1']}],
    }
    return {'node': node, 'incarnation': incarnation, 'sequence': 1, 'mode': 'full', 'providers': [root, gpu]}


def bring_up(ledger, node):
    registered = ledger.send('RegisterNode', ledger.body(node=node, bootId='boot-1'))
    report = ledger.body(**inventory(node, registered['result']['incarnation']))
    return registered, ledger.send('ReportInventory', report)


def move_to_other(ledger, held):
    """A cold migration to the agent's other node. Returns the claim id that the instance has from then on."""
    bring_up(ledger, OTHER)
    claim = {'kind': 'cold', 'instance': held['instance'], 'source': held['node'], 'claimId': held['claimId']}
    claimed = ledger.send('ClaimMove', ledger.body(**claim, destination=OTHER))
    show('claim-move', claimed)
    move = {'instance': held['instance'], 'moveId': claimed['result']['moveId']}
    show('too-early', ledger.send('ConfirmMove', ledger.body(**move)))
    for state in ('prepared', 'running', 'switched', 'finished'):
        show(state, ledger.send('AdvanceMove', ledger.body(**move, to=state)))
    confirmed = ledger.send('ConfirmMove', ledger.body(**move))
    show('confirm-move', confirmed)
    drop = ledger.body(**move, side='source', state='confirmed')
    show('drop-move-claim', ledger.send('DropMoveClaim', drop))
    return move['moveId']


def audit_other(ledger):
    """Lists the guests of the other node: what is held there, and one that nobody claimed."""
    report = {'node': OTHER, 'incarnation': 1, 'complete': True}
    guests = [{'instance': 'py-vm-1'}, {'instance': 'py-stray'}]
    for step in ('report-guests', 'report-guests-again'):
        taken_at = int(ledger.newest.rsplit('.', 1)[1])
        show(step, ledger.send('ReportGuests', ledger.body(**report, takenAt=taken_at, guests=guests)))
    show('attention', ledger.ask('attention'))


def run(connection, cell):
    ledger = Ledger(connection, cell)
    feed = []
    subject = f'fleetbook.v1.{cell}.event.{token(NODE)}.*'
    connection.subscribe(subject, lambda _subject, _status, payload: feed.append(json.loads(payload)))

    registered, reported = bring_up(ledger, NODE)
    show('register', registered)
    show('report', reported)

    request = {
        'resources': {'VCPU': 2, 'MEMORY_MB': 512},
        'traits': {'required': ['HW_CPU_X86_AVX2']},
        'groups': [{'name': 'gpu', 'resources': {'CUSTOM_GPU': 1}}],
    }
    labels = {'app.example.com/name': 'größer 🙂 \\ "quoted"'}
    claim = ledger.body(node=NODE, instance='py-vm-1', tenant='team-py', labels=labels, request=request)
    claimed = ledger.send('ClaimInstance', claim)
    show('claim', claimed)
    show('repeat', ledger.send('ClaimInstance', claim))
    show('reuse', ledger.send('ClaimInstance', {**claim, 'instance': 'py-vm-2'}))
    too_much = ledger.body(node=NODE, instance='py-vm-3', request={'resources': {'VCPU': 9}})
    show('too-much', ledger.send('ClaimInstance', too_much))
    malformed = ledger.body(node=NODE, instance='py-vm-4', requests=request)
    show('malformed', ledger.send('ClaimInstance', malformed))

    named = {'node': NODE, 'instance': 'py-vm-1', 'claimId': claimed['result']['claimId']}
    show('confirm', ledger.send('ConfirmClaim', ledger.body(**named)))
    show('instance', ledger.ask('instance', instance='py-vm-1'))
    show('node', ledger.ask('node', node=NODE))
    show('candidates', ledger.ask('candidates', request={'resources': {'CUSTOM_GPU': 1}}, limit=1))
    show('outcome', ledger.ask('outcome', commandId=claim['commandId'], role='agent', actor=AGENT))
    named = {'node': OTHER, 'instance': 'py-vm-1', 'claimId': move_to_other(ledger, named)}
    show('moved', ledger.ask('instance', instance='py-vm-1'))
    audit_other(ledger)
    drop = {'type': 'DropInstance', **ledger.body(**named)}
    unknown = {'type': 'DropInstance', **ledger.body(**{**named, 'instance': 'py-vm-9'})}
    show('batch', ledger.send_batch([drop, unknown]))
    show('history', ledger.ask('history', instance='py-vm-1'))
    show('missing', ledger.ask('node', node='nowhere'))
    show('log', verify_log(connection, cell))
    connection.flush()
    show('feed', [event['type'] for event in feed])


def main():
    host, port, cell = sys.argv[1:]
    connection = Connection(host, int(port), os.environ['NATS_USER'], os.environ['NATS_PASSWORD'])
    try:
        run(connection, cell)
    finally:
        connection.close()


main()
