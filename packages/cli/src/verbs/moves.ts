import type { MovesQuery } from '@fleetbook/contracts';
import { MOVE_KINDS } from '@fleetbook/domain';
import type { Run } from '../call.ts';
import { printMove, printMoves } from '../output/move.ts';
import { question } from '../session/question.ts';

export const moveList: Run = (call) => {
  const { args } = call;
  const status = args.text('status');
  const kind = MOVE_KINDS.find((name) => name === args.text('kind'));
  const limit = args.number('limit');
  const [node, instance, after] = [args.text('node'), args.text('instance'), args.text('after')];
  const fields: MovesQuery = {
    ...(status === 'open' || status === 'charged' || status === 'all' ? { status } : {}),
    ...(kind === undefined ? {} : { kind }),
    ...(node === undefined ? {} : { node }),
    ...(instance === undefined ? {} : { instance }),
    ...(limit === undefined ? {} : { limit }),
    ...(after === undefined ? {} : { after }),
  };
  return question(call, 'moves', fields, {
    print(terminal, { moves, next }) {
      printMoves(terminal, moves);
      if (next !== undefined) {
        terminal.say(`there are more: --after ${next}, or a higher --limit`);
      }
    },
  });
};

export const moveShow: Run = (call) => question(call, 'move', { moveId: call.args.word('MOVE') }, { print: printMove });
