/** At most `most` contiguous runs of a list, their lengths as equal as can be. */
export function inRuns<T>(list: readonly T[], most: number): (readonly T[])[] {
  const runs = Math.max(1, Math.min(most, list.length));
  return Array.from({ length: runs }, (_, run) => list.slice(Math.floor((run * list.length) / runs), Math.floor(((run + 1) * list.length) / runs)));
}
