import { ApiError } from './api-errors.ts';
import { findModelFolder, fingerprint, readConfig } from './model-files.ts';
import type { ModelConfig } from './model-files.ts';
import { ModelPool } from './pool.ts';
import type { PoolOptions } from './pool.ts';
import { Tokenizer } from './tokenizer.ts';

/** The one name that requests may ask for. */
export const MODEL_ID = 'tiny-reader';
/** Version of this server's behaviour. */
export const VERSION = '1.0.0';

/** What every route needs. */
export interface Context {
  config: ModelConfig;
  tokenizer: Tokenizer;
  pool: ModelPool;
  /** Marks the weights. */
  fingerprint: string;
  /** Seconds since 1970 when the server was built. */
  created: number;
}

export function makeContext(options: PoolOptions): Context {
  const folder = findModelFolder();
  return {
    config: readConfig(folder),
    tokenizer: new Tokenizer(folder),
    pool: new ModelPool(options),
    fingerprint: `${MODEL_ID}-${fingerprint(folder)}`,
    created: seconds(),
  };
}

/** Now, in whole seconds since 1970. */
export function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** @throws ApiError 404 for any model but the one there is */
export function checkModel(model: string): void {
  if (model !== MODEL_ID) {
    throw new ApiError(404, `The model '${model}' does not exist; this server has '${MODEL_ID}'`, 'model', 'model_not_found');
  }
}
