import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** What a command of the repository was told by its line; undefined when that holds an option it does not know. */
export function commandOptions<const Options extends ParseArgsOptionsConfig>(options: Options) {
  try {
    return parseArgs({ options }).values;
  } catch {
    return undefined;
  }
}
