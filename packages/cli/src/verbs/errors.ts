import { ERROR_CATALOGUE, errorEntry, isErrorCode } from '@fleetbook/contracts';
import { OK, type Run, usageFailure } from '../call.ts';
import { didYouMean } from '../grammar/did-you-mean.ts';
import { nextStepFor } from '../output/next-steps.ts';
import { printFacts, printTable } from '../output/table.ts';

const CODES = Object.keys(ERROR_CATALOGUE).filter(isErrorCode);

export const errors: Run = async ({ args, terminal }) => {
  const wanted = args.optionalWord('CODE');
  if (wanted !== undefined && !isErrorCode(wanted)) {
    return { failure: usageFailure(`There is no error code ${wanted}`, didYouMean(wanted, CODES)) };
  }
  const entries = (wanted === undefined ? CODES : [wanted]).map((code) => ({ code, ...errorEntry(code) }));
  const [only] = entries;
  if (args.isSet('json')) {
    terminal.print(JSON.stringify(wanted === undefined ? entries : only));
  } else if (wanted === undefined || only === undefined) {
    printTable(
      terminal,
      [
        { title: 'code', cell: ({ code }) => code },
        { title: 'exit', cell: ({ exitCode }) => exitCode, isNumeric: true },
        { title: 'retry', cell: ({ retry }) => retry },
        { title: 'meaning', cell: ({ about }) => about },
      ],
      entries,
    );
  } else {
    const { code, message, retry } = only;
    printFacts(terminal, [
      ['code', code],
      ['meaning', only.about],
      ['message', message],
      ['recorded', only.isRecorded ? 'yes: a repeat of the command id gets the same answer' : 'no'],
      ['retry', retry],
      ['exit code', only.exitCode],
      ['next', nextStepFor({ code, message, retry, details: {} })],
    ]);
  }
  return OK;
};
