import type { ReportBuildResult } from '../command.ts';
import type { Decision } from '../decision.ts';
import type { Node } from '../ledger.ts';
import { accept, unchanged } from './answer.ts';

/** Counts builds that failed in a row. A success starts again; a build given up by policy says nothing. */
export const decideBuild = (node: Node, command: ReportBuildResult): Decision => {
  const before = node.failedBuilds ?? 0;
  const failedBuilds = { succeeded: 0, failed: before + 1, refused: before }[command.result];
  return failedBuilds === before
    ? unchanged({ type: 'ReportBuildResult', node: node.id, failedBuilds })
    : accept({ type: 'BuildRecorded', schemaVersion: 1, data: { failedBuilds } });
};
