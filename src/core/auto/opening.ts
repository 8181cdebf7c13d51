import type { Fitted } from './attribution.ts';
import type { Player } from './players.ts';

/** A group is opened when it is more likely to have an effect than not, on any target, alone or in a product. */
const LIKELY = 0.5;

/** The players after the groups that show an effect were opened into their units; null when none does. */
export function openedPlayers(players: readonly Player[], fits: readonly Fitted[]): Player[] | null {
  const shown = new Set(fits.flatMap(({ evidence, players: own }) => {
    if (!evidence) return [];
    const { units, pairs, support: { inclusion } } = evidence;
    const likely = (feature: number): boolean => (inclusion[feature] as number) >= LIKELY;
    const alone = units.filter((_, feature) => likely(feature));
    const joint = pairs.filter((_, at) => likely(units.length + at)).flat();
    return [...alone, ...joint].flatMap((player) => own[player] ?? []);
  }));
  const opens = (player: Player): boolean => player.length > 1 && player.some((unit) => shown.has(unit));
  if (!players.some(opens)) return null;
  return players.flatMap((player) => (opens(player) ? player.map((unit): Player => [unit]) : [player]));
}
