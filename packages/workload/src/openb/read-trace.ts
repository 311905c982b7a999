import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

/** One machine of the trace. */
export interface TraceMachine {
  readonly id: string;
  readonly cpuMilli: number;
  readonly memoryMb: number;
  readonly gpuCount: number;
  /** Empty for a machine without GPUs. */
  readonly gpuModel: string;
}

/** One task of the trace. Times are seconds from the start of the trace. */
export interface TraceTask {
  readonly id: string;
  readonly cpuMilli: number;
  readonly memoryMb: number;
  readonly gpuCount: number;
  /** Share of each GPU in thousandths; below 1000 only where `gpuCount` is 1. */
  readonly gpuMilli: number;
  readonly qos: string;
  readonly createdAtSeconds: number;
}

type Row = Readonly<Record<string, string>>;

const readRows = async (file: string): Promise<readonly Row[]> =>
  parse<Row>(await readFile(file, 'utf8'), { columns: true, skip_empty_lines: true });

const text = (row: Row, column: string): string => {
  const value = row[column];
  if (value === undefined) throw new Error(`trace row without column ${column}: ${JSON.stringify(row)}`);
  return value;
};

const integer = (row: Row, column: string): number => {
  const value = Number(text(row, column));
  if (!Number.isSafeInteger(value)) throw new Error(`column ${column} is no integer: ${JSON.stringify(row)}`);
  return value;
};

/** The machines in the order of the file. Throws when the file is absent or a row has no integer where one must be. */
export const readMachines = async (directory: string): Promise<readonly TraceMachine[]> =>
  (await readRows(join(directory, 'openb_node_list_all_node.csv'))).map((row) => ({
    id: text(row, 'sn'),
    cpuMilli: integer(row, 'cpu_milli'),
    memoryMb: integer(row, 'memory_mib'),
    gpuCount: integer(row, 'gpu'),
    gpuModel: text(row, 'model'),
  }));

/** The tasks by creation time; those of one second keep the order of the file. Throws as `readMachines` does. */
export const readTasks = async (directory: string): Promise<readonly TraceTask[]> =>
  (await readRows(join(directory, 'openb_pod_list_default.csv')))
    .map((row) => ({
      id: text(row, 'name'),
      cpuMilli: integer(row, 'cpu_milli'),
      memoryMb: integer(row, 'memory_mib'),
      gpuCount: integer(row, 'num_gpu'),
      gpuMilli: integer(row, 'gpu_milli'),
      qos: text(row, 'qos'),
      createdAtSeconds: integer(row, 'creation_time'),
    }))
    .sort((left, right) => left.createdAtSeconds - right.createdAtSeconds);
