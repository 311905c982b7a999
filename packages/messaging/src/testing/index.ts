/**
 * A real nats-server for tests:
 *
 *     await withNatsServer(async (server) => {
 *       const bus = await server.connect();
 *     });
 */
export { startTestServer, type TestServer, withNatsServer } from './with-nats-server.ts';
