import { OK, type Run, usageFailure } from '../call.ts';
import { completionScript, SHELLS } from '../grammar/completion.ts';

export const completion: Run = async ({ args, verbs, terminal }) => {
  const shell = SHELLS.find((known) => known === args.word('SHELL'));
  if (shell === undefined) {
    return {
      failure: usageFailure(`There is no completion for ${args.word('SHELL')}`, `one of: ${SHELLS.join(', ')}`),
    };
  }
  terminal.print(completionScript(shell, verbs));
  return OK;
};
