/** The words of `fleetbook` with which the agent of a node frees a claim whose release was asked for. */
export function releaseWords(instance: string, becomes: 'ended' | 'offloaded' | undefined): string {
  return becomes === 'offloaded' ? `instance offload ${instance}` : `drop ${instance}`;
}
