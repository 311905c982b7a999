import { connect } from 'node:net';
import type { Endpoint } from '@fleetbook/operations';

const TIMEOUT_MS = 5_000;
const ANSWERED = /H?MSG _INBOX\.bare[\s\S]*\r\n[\s\S]*\r\n|-ERR/;

/** Sends one request over the server's text protocol, whatever its subject, and gives all that came back. */
export function requestOverBareSocket(endpoint: Endpoint, subject: string, body: string): Promise<string> {
  const { natsUrl, user, password } = endpoint;
  const { hostname, port } = new URL(natsUrl);
  const options = { verbose: false, headers: true, no_responders: true, user, pass: password };
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let received = '';
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer on ${subject}: ${received}`)));
    socket.once('error', reject);
    socket.on('data', (bytes) => {
      received += bytes.toString('utf8');
      if (ANSWERED.test(received)) {
        socket.destroy();
        resolve(received);
      }
    });
    socket.write(`CONNECT ${JSON.stringify(options)}\r\nSUB _INBOX.bare 1\r\n`);
    socket.write(`PUB ${subject} _INBOX.bare ${Buffer.byteLength(body)}\r\n${body}\r\n`);
  });
}
