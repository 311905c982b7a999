import {
  chargeText,
  claimantText,
  claimText,
  ENDED,
  endedText,
  type Instance,
  OTHER,
  recordsOf,
  UNCONFIRMED,
} from '@fleetbook/domain/canonical';
import { columnsIn, type PlacedColumns } from './column-bytes.ts';
import { valueAt } from './value-at.ts';
import type { InstanceChunk } from './write-instances.ts';

const NO_TENANT = '""';

/** The canonical texts of saved instances, chunk after chunk. */
export class InstanceTexts {
  /** What is shared by claims, as it stands in a canonical text. */
  #texts: string[] = [];
  #claimants: string[] = [];
  #charges: string[] = [];

  /** Notes what is shared from this chunk on. To be told of every one, in order. */
  learn({ isFresh, texts, claimants, charges }: InstanceChunk): void {
    if (isFresh) {
      this.#texts = [];
      this.#claimants = [];
      this.#charges = [];
    }
    for (const value of texts) this.#texts.push(JSON.stringify(value));
    for (const value of claimants) this.#claimants.push(claimantText(value));
    for (const value of charges) this.#charges.push(chargeText(value));
  }

  /** Of the chunk that it has learnt last. Throws RangeError on a row that names what no table holds. */
  tell({ count, others, bytes }: InstanceChunk, onText: (text: string) => void): void {
    const placed = columnsIn(bytes, count);
    // In one string, of which parts are taken: to make one of each name from bytes takes twice the time.
    const names = Buffer.from(placed.names.buffer, placed.names.byteOffset, placed.names.length).toString('latin1');
    let start = 0;
    let other = 0;
    for (let row = 0; row < count; row += 1) {
      const idEnd = start + (placed.idLengths[row] ?? 0);
      const end = idEnd + (placed.claimIdLengths[row] ?? 0);
      const kind = placed.kinds[row] ?? OTHER;
      if (kind === OTHER) {
        for (const text of textsOf(others[other])) onText(text);
        other += 1;
      } else if (kind === ENDED) {
        onText(endedText(names.slice(start, idEnd)));
      } else {
        onText(this.#claimText(placed, row, names.slice(start, idEnd), names.slice(idEnd, end)));
      }
      start = end;
    }
  }

  #claimText(placed: PlacedColumns, row: number, id: string, claimId: string): string {
    const tenant = placed.tenants[row] ?? 0;
    return claimText(id, claimId, placed.kinds[row] === UNCONFIRMED ? 'unconfirmed' : 'confirmed', {
      node: valueAt(this.#texts, placed.nodes[row]),
      tenant: tenant === 0 ? NO_TENANT : valueAt(this.#texts, tenant - 1),
      claimant: valueAt(this.#claimants, placed.claimants[row]),
      requestText: valueAt(this.#texts, placed.requestTexts[row]),
      charge: valueAt(this.#charges, placed.charges[row]),
    });
  }
}

function textsOf(record: Instance | undefined): readonly string[] {
  if (record === undefined) {
    throw new RangeError('a chunk names more records than it has');
  }
  return recordsOf({ table: 'instances', key: record.id, before: undefined, after: record }, 'after');
}
