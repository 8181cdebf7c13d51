import { Program } from './assembly.ts';
import { memory } from './heap.ts';
import { addCountDiffering, addCovary, type CountDiffering, type Covary } from './covariances.ts';
import { addExp } from './exponential.ts';
import { addPick, addRemain, type Pick, type Remain } from './gathering.ts';
import { addLift, addTakeFour, addTakeOne, type Lift, type TakeFour, type TakeOne } from './rows.ts';
import { addAscend, addDescend, type Ascend, type Descend } from './sweeps.ts';

export { KIND_SIZE } from './sweeps.ts';

/*
 * The loops in which sparse fits spend their time, in WebAssembly: JavaScript has no vectors of numbers, checks every index,
 * and is slow until it is compiled. Two doubles at once, in the same order and with the same rounding as the loops in
 * JavaScript beside them, which serve where there is no room on the heap. Assembled from their instructions, since they are few.
 */

/** As much of it as is used here: its types come with those of browsers only. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: { heap: object }) => { exports: object };
};

const program = new Program();
const others = program.borrow('others');
addExp(program, others);
const takeOneCall = addTakeOne(program);
const takeFourCall = addTakeFour(program);
addDescend(program, takeOneCall);
addAscend(program, takeOneCall, takeFourCall, others);
addCountDiffering(program);
addCovary(program);
addLift(program);
addRemain(program, takeOneCall, takeFourCall);
addPick(program);

interface Routines {
  exp: (x: number) => number;
  takeOne: TakeOne;
  takeFour: TakeFour;
  lift: Lift;
  remain: Remain;
  pick: Pick;
  countDiffering: CountDiffering;
  covary: Covary;
  descend: Descend;
  ascend: Ascend;
}

const { exports } = new WebAssembly.Instance(new WebAssembly.Module(program.bytes()), { heap: { memory, others: Math.exp } });
export const { exp, takeOne, takeFour, lift, remain, pick, countDiffering, covary, descend, ascend } = exports as Routines;
