/** vLLM's route from token ids to token ids, which takes all of its sampling parameters. */
export const GENERATE = '/inference/v1/generate';
