import type { HeldView, ReplyResult } from '@fleetbook/contracts';
import type { CommandResult, EndedMove, HeldSide, PassedOver, SideOutcome } from '@fleetbook/domain';

type Facts = readonly (readonly [string, string | number])[];

/** Whether a command only asked for the release that it names. */
export function isIntent(result: ReplyResult): boolean {
  const isAsked = 'state' in result && result.state === 'releasing';
  return isAsked || (result.type === 'DropMoveClaim' && result.other === 'releasing');
}

/** What a result says, in the order in which people read it. */
export function resultFacts(result: ReplyResult): Facts {
  return [
    ...when('node' in result && ['node', result.node]),
    ...when('incarnation' in result && ['incarnation', result.incarnation]),
    ...when('destination' in result && ['destination', result.destination]),
    ...when('instance' in result && ['instance', result.instance]),
    ...when('claimId' in result && result.claimId !== undefined && ['claim', result.claimId]),
    ...when('moveId' in result && result.moveId !== undefined && ['move', result.moveId]),
    ...when('state' in result && result.state !== undefined && ['state', stateText(result)]),
    ...when('becomes' in result && result.becomes !== undefined && ['becomes', result.becomes]),
    ...when('other' in result && result.other !== undefined && ['other side', outcomeOfSide(result.other)]),
    ...('move' in result ? endedMove(result.move) : []),
    ...('passedOver' in result ? passedOver(result.passedOver) : []),
    ...('held' in result ? holdings(result.held, result.sides) : []),
    ...('more' in result ? notListed(result.more) : []),
    ...when('found' in result && ['drift', driftText(result)]),
    ...when('failedBuilds' in result && ['failed builds in a row', result.failedBuilds]),
    ...when('results' in result && ['commands', batchText(result)]),
  ];
}

function when(fact: readonly [string, string | number] | false): Facts {
  return fact === false ? [] : [fact];
}

function stateText(result: Extract<ReplyResult, { readonly state?: unknown }>): string {
  const isError = 'isError' in result && result.isError === true;
  return isError ? `${result.state}, in error: move show says what is legal now` : String(result.state);
}

function outcomeOfSide(outcome: SideOutcome): string {
  switch (outcome) {
    case 'released':
      return 'released';
    case 'releasing':
      return 'releasing: it stays charged until the agent of its node drops it';
    case 'left-behind':
      return 'left behind: it stays charged until the host has started again and drops it, or is fenced';
  }
}

function endedMove(move: EndedMove | undefined): Facts {
  return move === undefined ? [] : [['closed move', `${move.moveId}, other side ${outcomeOfSide(move.other)}`]];
}

function passedOver(nodes: readonly PassedOver[] | undefined): Facts {
  return nodes === undefined ? [] : [['passed over', nodes.map(({ node, code }) => `${node} ${code}`).join(', ')]];
}

function releaseText({ isReleasing, becomes }: HeldView): string {
  const end = becomes === 'offloaded' ? ', to be offloaded' : '';
  return isReleasing ? ` (releasing${end})` : '';
}

function holdings(held: readonly HeldView[], sides: readonly HeldSide[]): Facts {
  const instances = held.map((each) => `${each.instance}${releaseText(each)}`);
  const others = sides.map(({ instance, moveId, state }) => `${instance} (${state}, move ${moveId})`);
  return [
    ['holds', instances.join(' ') || 'nothing'],
    ...(others.length === 0 ? [] : [['for moves', others.join(', ')] as const]),
  ];
}

function notListed(more: { readonly held: number; readonly sides: number } | undefined): Facts {
  return more === undefined ? [] : [['not listed', `${more.held} more instances, ${more.sides} more for moves`]];
}

function driftText({ found, cleared, healed }: Extract<CommandResult, { readonly type: 'ReportGuests' }>): string {
  return `${found} found, ${cleared} gone, ${healed} healed`;
}

function batchText({ results }: Extract<CommandResult, { readonly type: 'AtomicBatch' }>): string {
  const changing = results.filter((result) => result !== null).length;
  return `${changing} of ${results.length} changed something`;
}
