import type { Perturbation } from '../perturbation.ts';
import { createRenderer, type Renderer } from '../render.ts';
import type { Call, Mask, Unit } from '../types.ts';
import type { Branch } from './branches.ts';
import { type Front, layOut, lineage } from './front.ts';

/** Views kept at once: enough for those that come back, and no more than memory stands for any number of masks. */
const MOST_VIEWS = 64;

/** What a renderer is given where some opened units stand whole, and where its units are in a mask of the leaves (−1 = absent). */
interface View {
  renderer: Renderer;
  places: Int32Array;
}

/** Opened units of a front with the positions of the leaves that are parts of it. */
function partsByUnit({ leaves }: Front): Map<Branch, number[]> {
  const parts = new Map<Branch, number[]>();
  leaves.forEach((leaf, position) => {
    for (const branch of lineage(leaf).slice(1)) {
      const known = parts.get(branch);
      if (known) known.push(position);
      else parts.set(branch, [position]);
    }
  });
  return parts;
}

/**
 * The call under masks of a front's leaves. An opened unit that has lost all its parts is rendered as it was when it was
 * absent as a whole, so that what two fronts share is the same call, whatever stands where a unit is absent.
 * @param perturb what stands for units; called again for every set of units that are whole
 */
export function frontRenderer(call: Call, front: Front, perturb: (units: readonly Unit[]) => Perturbation): Renderer {
  const positions = new Map(front.leaves.map((leaf, position) => [leaf, position]));
  const opened = partsByUnit(front);
  const numbers = new Map([...opened.keys()].map((branch, at) => [branch, at]));
  const views = new Map<string, View>();

  /** The outermost unit around a branch of which nothing is left. */
  const whole = (branch: Branch, gone: ReadonlySet<Branch>): Branch | undefined => lineage(branch).findLast((each) => gone.has(each));

  const viewOf = (gone: ReadonlySet<Branch>): View => {
    const name = [...gone].map((branch) => numbers.get(branch)).join();
    const known = views.get(name);
    if (known) return known;
    const units: Unit[] = [];
    const places: number[] = [];
    const done = new Set<Branch>();
    for (const branch of front.branches) {
      const closed = whole(branch, gone);
      const shown = closed ?? branch;
      if (done.has(shown)) continue;
      done.add(shown);
      for (const unit of shown.solid) {
        units.push({ ...unit, index: units.length });
        if (!unit.fixed) places.push(closed ? -1 : (positions.get(branch) as number));
      }
    }
    const view = { renderer: createRenderer(call, units, perturb(units)), places: Int32Array.from(places) };
    if (views.size >= MOST_VIEWS) views.delete(views.keys().next().value ?? '');
    views.set(name, view);
    return view;
  };

  const seen = (mask: Mask): [Renderer, Mask] => {
    if (mask.length !== front.leaves.length) throw new RangeError(`a mask of ${mask.length} for ${front.leaves.length} units`);
    const gone = new Set([...opened].flatMap(([branch, parts]) => (parts.every((part) => mask[part] === 0) ? [branch] : [])));
    const { renderer, places } = viewOf(gone);
    return [renderer, Uint8Array.from(places, (place) => (place < 0 ? 0 : (mask[place] as number)))];
  };

  return {
    n: front.leaves.length,
    perturbable: layOut(front).leaves,
    render(mask, options) {
      const [renderer, inner] = seen(mask);
      return renderer.render(inner, options);
    },
    hasEmptied(mask) {
      const [renderer, inner] = seen(mask);
      return renderer.hasEmptied(inner);
    },
  };
}
