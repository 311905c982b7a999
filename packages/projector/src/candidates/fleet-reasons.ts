import type { NodeFilter } from '@fleetbook/contracts';
import type { Node, ResourceRequest } from '@fleetbook/domain';
import { type ColumnJudge, createColumnJudge } from './column-reasons.ts';
import { type NodeTable, ROW_STATUS } from './node-table.ts';
import { createReasonTally, type ReasonTally } from './reasons.ts';
import { createOutsideTest, OUTSIDE_REASONS } from './scan.ts';

/** Why the nodes of a fleet do not serve a request. */
export interface FleetReasons {
  /** What the columns alone tell. */
  readonly tally: ReasonTally;
  /** Nodes whose reason the columns do not tell. */
  readonly undecided: readonly Node[];
}

/** What the columns said of each row when the same was asked last. Only rows written since are judged again. */
export interface Verdicts {
  readonly table: NodeTable;
  version: number;
  rowCount: number;
  codes: Uint16Array;
}

export interface FleetQuestion extends NodeFilter {
  readonly request: ResourceRequest;
}

const ABSENT = 0;
/** Below it are the codes of rows that are absent or out of the question. */
const FIRST_JUDGED = 1 + OUTSIDE_REASONS.length;

export function createVerdicts(table: NodeTable): Verdicts {
  return { table, version: 0, rowCount: 0, codes: new Uint16Array(0) };
}

/** The table must have been refreshed, and the verdicts be of the same table and question. */
export function reasonsOfFleet(question: FleetQuestion, verdicts: Verdicts): FleetReasons {
  const { table } = verdicts;
  const judge = createColumnJudge(table, question.request);
  update(verdicts, question, judge);
  const { codes } = verdicts;
  const counts = new Uint32Array(FIRST_JUDGED + judge.codes);
  const isUndecided = Array.from(counts, (_, code) => code >= FIRST_JUDGED && refusalOf(judge, code) === undefined);
  const undecided: Node[] = [];
  for (let row = 0; row < table.rowCount; row += 1) {
    const code = codes[row] ?? ABSENT;
    counts[code] = (counts[code] ?? 0) + 1;
    const node = isUndecided[code] === true ? table.records[row] : undefined;
    if (node !== undefined) {
      undecided.push(node);
    }
  }
  return { tally: tallyOf(counts, judge), undecided };
}

function tallyOf(counts: Uint32Array, judge: ColumnJudge): ReasonTally {
  const tally = createReasonTally(new Map());
  for (const [code, nodes] of counts.entries()) {
    const outside = OUTSIDE_REASONS[code - 1];
    const refusal = outside === undefined ? refusalOf(judge, code) : { reason: outside };
    if (nodes > 0 && refusal !== undefined) {
      tally.add(refusal, nodes);
    }
  }
  return tally;
}

function refusalOf(judge: ColumnJudge, code: number) {
  return code < FIRST_JUDGED ? undefined : judge.refusalOf(code - FIRST_JUDGED);
}

function update(verdicts: Verdicts, question: FleetQuestion, judge: ColumnJudge): void {
  const { table, version, rowCount } = verdicts;
  const { status, writtenAt } = table;
  if (verdicts.codes.length < table.rowCount) {
    const longer = new Uint16Array(writtenAt.length);
    longer.set(verdicts.codes);
    verdicts.codes = longer;
  }
  const { codes } = verdicts;
  const { rows } = table.workspace();
  const outsideOf = createOutsideTest(table, question);
  let open = 0;
  for (let row = 0; row < table.rowCount; row += 1) {
    if (row < rowCount && (writtenAt[row] ?? 0) <= version) {
      continue;
    }
    const outside = status[row] === ROW_STATUS.ABSENT ? undefined : outsideOf(row);
    codes[row] = outside === undefined ? ABSENT : 1 + OUTSIDE_REASONS.indexOf(outside);
    if (outside === undefined && status[row] !== ROW_STATUS.ABSENT) {
      rows[open] = row;
      open += 1;
    }
  }
  const judged = judge.judge(rows.subarray(0, open));
  for (let index = 0; index < open; index += 1) {
    codes[rows[index] ?? 0] = FIRST_JUDGED + (judged[index] ?? 0);
  }
  verdicts.version = table.version;
  verdicts.rowCount = table.rowCount;
}
