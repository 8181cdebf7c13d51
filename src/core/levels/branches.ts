import { needed } from '../needed.ts';
import { type Holder, holdersOf, type Slot } from '../slots.ts';
import type { Call, Span, Unit } from '../types.ts';
import { isFixedSlot, slotUnit } from '../units.ts';
import type { Cut } from './levels.ts';

/** A unit that may have been opened, or may still be. Compared by identity: one of its kind in a job. */
export interface Branch {
  /** The unit as shown; `index` and `parent` are set when the tree is laid out. */
  readonly unit: Unit;
  /** What a renderer makes of it: itself, or one unit for each text of a message that has several. */
  readonly solid: readonly Unit[];
  readonly parent: Branch | null;
  /** Whether a finer level may cut it. */
  readonly splits: boolean;
  /** Place among all texts of the call, of the text of each of `solid`. */
  readonly orders: readonly number[];
}

function branchOf(unit: Unit, order: number, splits: boolean, parent: Branch | null = null): Branch {
  return { unit, solid: [unit], parent, splits, orders: [order] };
}

function fixed(branch: Branch): Branch {
  const never = (unit: Unit): Unit => ({ ...unit, fixed: true });
  return { ...branch, unit: never(branch.unit), solid: branch.solid.map(never), splits: false };
}

/** In the order of the input. */
export function inOrder(branches: readonly Branch[]): Branch[] {
  const order = ({ orders }: Branch): number => orders[0] ?? 0;
  return branches.toSorted((a, b) => order(a) - order(b) || a.unit.start - b.unit.start);
}

/** `messages[1]` for the content of that message; `prompt` for the texts of a prompt. */
function placeOf({ path }: Holder): string {
  const [key, index] = path;
  return typeof index === 'number' ? `${key}[${index}]` : String(key);
}

/** Several texts of one message as one unit, in the way in which a message with `explain: whole` is one. */
function groupOf(holder: Holder, slots: readonly Slot[], before: number): Branch {
  const texts = slots.map((slot) => slot.text).join('');
  const labels = [...new Set(slots.flatMap(({ label }) => (label === null ? [] : [label])))].join(', ');
  const [first] = slots as [Slot, ...Slot[]];
  const whole: Slot = { ...first, at: placeOf(holder), text: texts, label: labels || null };
  const solid = slots.map((slot) => slotUnit(slot, { start: 0, end: slot.text.length }, 'document', false));
  const unit = slotUnit(whole, { start: 0, end: texts.length }, 'message', false);
  const orders = slots.map((slot) => before + holder.slots.indexOf(slot));
  return { unit, solid, parent: null, splits: true, orders };
}

function spansOf(text: string, cut: Cut): Span[] {
  return cut.segment ? cut.segment(text) : [{ start: 0, end: text.length }];
}

/** Every unit of a call at its first level, fixed and whole ones too, in the order of the input. @throws ProblemError unsupported_call */
export function rootsOf(call: Call, cut: Cut): Branch[] {
  const roots: Branch[] = [];
  let before = 0;
  for (const holder of holdersOf(call)) {
    const split = holder.slots.filter((slot) => slot.explain === 'split' && !isFixedSlot(slot));
    const together = new Set(cut.level === 'message' && split.length > 1 ? split : []);
    for (const [place, slot] of holder.slots.entries()) {
      const order = before + place;
      if (together.has(slot)) {
        if (slot === split[0]) roots.push(groupOf(holder, split, before));
      } else if (split.includes(slot)) {
        roots.push(...spansOf(slot.text, cut).map((span) => branchOf(slotUnit(slot, span, cut.level, false), order, true)));
      } else {
        const unit = slotUnit(slot, { start: 0, end: slot.text.length }, slot.level, isFixedSlot(slot));
        roots.push(branchOf(unit, order, false));
      }
    }
    before += holder.slots.length;
  }
  const kept = needed(call, roots.map(({ unit }) => unit));
  return roots.map((root, index) => (index === kept ? fixed(root) : root));
}

/** What a finer level makes of a unit, in the order of the input: itself alone where it does not split it. */
export function partsOf(branch: Branch, cut: Cut): Branch[] {
  if (!branch.splits) return [branch];
  const parts = branch.solid.flatMap((text, place) =>
    spansOf(text.text, cut).map((span): Branch => {
      const unit = { ...text, start: text.start + span.start, end: text.start + span.end, text: text.text.slice(span.start, span.end), level: cut.level };
      return branchOf(unit, branch.orders[place] ?? 0, true, branch);
    }),
  );
  return parts.length > 1 ? parts : [branch];
}
