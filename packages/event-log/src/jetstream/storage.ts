import { type LogStorage, LogUnavailableError, type StoreQuota } from '../port.ts';
import { callApi, numberOf } from './api.ts';
import type { JetStreamContext } from './context.ts';
import { fetchServerFacts } from './durability.ts';
import { streamInfo } from './stream.ts';

/** A server without a limit says so by one that no disk has. */
const NO_LIMIT_BYTES = 2 ** 50;

/** What the stream takes, and what account and server allow, as far as they say. Throws LogUnavailableError. */
export async function askStorage(context: JetStreamContext, monitoringUrl: string | undefined): Promise<LogStorage> {
  const bytes = numberOf(await streamInfo(context), 'state', 'bytes');
  if (bytes === undefined) {
    throw new LogUnavailableError('the stream does not say how large it is');
  }
  const quotas = await Promise.all([accountQuota(context), serverQuota(context, monitoringUrl)]);
  return { bytes, quotas: quotas.filter((quota) => quota !== undefined) };
}

/** Whoever may not ask for the account's limits works as well without them. */
async function accountQuota({ connection, requestTimeoutMs }: JetStreamContext): Promise<StoreQuota | undefined> {
  const answer = await callApi(connection, 'INFO', undefined, requestTimeoutMs).catch(() => undefined);
  const info = answer?.ok === true ? answer.reply : undefined;
  return quotaOf(numberOf(info, 'storage'), numberOf(info, 'limits', 'max_storage'));
}

async function serverQuota(
  { connection, requestTimeoutMs }: JetStreamContext,
  monitoringUrl: string | undefined,
): Promise<StoreQuota | undefined> {
  const facts = await fetchServerFacts(connection, monitoringUrl, requestTimeoutMs);
  return quotaOf(numberOf(facts, 'storage'), numberOf(facts, 'config', 'max_storage'));
}

function quotaOf(usedBytes: number | undefined, limitBytes: number | undefined): StoreQuota | undefined {
  const isLimit = limitBytes !== undefined && limitBytes > 0 && limitBytes < NO_LIMIT_BYTES;
  return usedBytes !== undefined && isLimit ? { usedBytes, limitBytes } : undefined;
}
