import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server, to do to their connections what networks do. */
export interface TcpProxy {
  readonly port: number;
  /** Lets nothing through, either way, until `resume`. */
  stall(): void;
  resume(): void;
  /** Breaks every connection. */
  interrupt(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(host: string, port: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let isStalled = false;

  function join(from: Socket, to: Socket): void {
    sockets.add(from);
    from.on('data', (chunk) => to.write(chunk));
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    if (isStalled) {
      from.pause();
    }
  }

  const server = createServer({ noDelay: true }, (inner) => {
    const outer = connect({ host, port, noDelay: true });
    join(inner, outer);
    join(outer, inner);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  function interrupt(): void {
    for (const socket of sockets) {
      socket.destroy();
    }
  }

  return {
    port: portOf(server.address()),
    stall() {
      isStalled = true;
      for (const socket of sockets) {
        socket.pause();
      }
    },
    resume() {
      isStalled = false;
      for (const socket of sockets) {
        socket.resume();
      }
    },
    interrupt,
    async close() {
      const closed = once(server, 'close');
      server.close();
      interrupt();
      await closed;
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') {
    throw new Error('the proxy listens on no port');
  }
  return address.port;
}
