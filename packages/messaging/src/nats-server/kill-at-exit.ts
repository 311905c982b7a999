const kills = new Set<() => void>();

/**
 * Runs `kill` when this process ends by `process.exit`, by an exception or by having nothing left to do; a process that
 * is killed itself runs nothing. Call what is returned once there is nothing to kill any more.
 */
export function killAtExit(kill: () => void): () => void {
  if (kills.size === 0) {
    process.on('exit', killAll);
  }
  kills.add(kill);
  return () => {
    kills.delete(kill);
    if (kills.size === 0) {
      process.off('exit', killAll);
    }
  };
}

function killAll(): void {
  for (const kill of kills) {
    kill();
  }
}
