/** Sends a list and says whether it was taken; one that is sent alone and refused has failed, which is the sender's to tell. */
export type Send<T> = (part: readonly T[]) => Promise<boolean>;

function halves<T>(list: readonly T[]): [readonly T[], readonly T[]] {
  const middle = Math.ceil(list.length / 2);
  return [list.slice(0, middle), list.slice(middle)];
}

/** Sends the two halves of a refused list at once, and so on down to single members: for refusals by size, or by many. */
export async function sendHalves<T>(refused: readonly T[], send: Send<T>): Promise<void> {
  await Promise.all(
    halves(refused).map(async (half) => {
      if (half.length === 0 || (await send(half))) return;
      if (half.length > 1) await sendHalves(half, send);
    }),
  );
}

/**
 * Gets every member of a refused list answered, on the guess that one of them is at fault. Binary search: a half of the
 * suspects is sent together with all that was set aside before, so that each request halves the suspects, and one that
 * is taken answers all it holds. The last suspect is sent alone, since nothing may fail that was not itself refused.
 *
 * One at fault among n: at most ⌈log2 n⌉ + 2 requests after the first, of which two are needed by whoever knows which
 * one it is (that one, and the others). Where the guess was wrong, what is left goes by halves.
 */
export async function sendAround<T>(refused: readonly T[], send: Send<T>): Promise<void> {
  let suspects = refused;
  let aside: readonly T[] = [];
  while (suspects.length > 2 || (suspects.length === 2 && aside.length > 0)) {
    const [left, right] = halves(suspects);
    if (await send([...left, ...aside])) {
      [suspects, aside] = [right, []];
    } else {
      [suspects, aside] = [left, [...right, ...aside]];
    }
  }
  const rest = async () => {
    if (aside.length === 0 || (await send(aside))) return;
    if (aside.length > 1) await sendHalves(aside, send);
  };
  await Promise.all([...suspects.map((one) => send([one])), rest()]);
}
