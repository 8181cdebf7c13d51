/*
 * The schemas of openapi/openapi.json as types. Written by `npm run openapi`: do not edit.
 */

export type Alive = {
  status: "ok";
  version: string;
};

export type Attribution = {
  target: number;
  /** One per unit; positive where taking the unit away lowers the value; null where fixed or not evaluated. A unit that others were cut from has the sum of theirs. */
  scores: (number | null)[];
  /** 95 % intervals, one per unit; null where the method has none. */
  intervals: ([number, number] | null)[] | null;
  /** The predicted value when nothing is taken away. */
  intercept: number | null;
  interactions: {
    units: number[];
    score: number;
    reading: "either suffices" | "both needed" | "independent";
  }[];
  /** Why a score is null that is not fixed, and what was left coarser than asked. */
  reasons: string[];
  /** Indices of the units whose score cannot be told from zero: their interval holds 0, or it is no larger than `scorer.noise_floor`. */
  indistinguishable: number[];
};

export type AttributionMethod = {
  id: "auto";
  options?: {
    /** Units whose order must be settled before the rounds stop. */
    top_k?: number;
    /** Confidence of the intervals and of the decision to stop. */
    confidence?: number;
    /** Stop when more evaluations would hardly change the ranking; false: use the whole budget. */
    early_stop?: boolean;
    /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
    levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
    /** With `levels`: which units are opened, and what becomes of the others. */
    refine?: {
      /** Units opened at most at each level. */
      top_k?: number;
      /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
      threshold?: number;
      /** Units that are not opened are always there afterwards; false: they go on being taken away. */
      freeze?: boolean;
    };
  };
} | {
  id: "leave-one-out";
  options?: {
    /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
    levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
    /** With `levels`: which units are opened, and what becomes of the others. */
    refine?: {
      /** Units opened at most at each level. */
      top_k?: number;
      /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
      threshold?: number;
      /** Units that are not opened are always there afterwards; false: they go on being taken away. */
      freeze?: boolean;
    };
  };
} | {
  id: "clime";
  options?: {
    /** Most units taken away in one evaluation. */
    max_units_replace?: number;
    /** Evaluations asked per unit, about. */
    oversampling_factor?: number;
    /** Whether the call with nothing taken away is evaluated and fitted too. */
    empty_subset?: boolean;
    /** stratum: every number of units taken away weighs the same in total, as in ICX360; unit: every evaluation does. */
    weighting?: "stratum" | "unit";
    /** At most this many units get a score (lasso path); null: all. */
    num_nonzeros?: number | null;
    /** With num_nonzeros: fit the chosen units again without penalty. */
    debias?: boolean;
    /** Confidence of the intervals. */
    confidence?: number;
    /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
    levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
    /** With `levels`: which units are opened, and what becomes of the others. */
    refine?: {
      /** Units opened at most at each level. */
      top_k?: number;
      /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
      threshold?: number;
      /** Units that are not opened are always there afterwards; false: they go on being taken away. */
      freeze?: boolean;
    };
  };
} | {
  id: "lshap";
  options?: {
    /** Units on each side of a unit that may be taken away with it. */
    num_neighbors?: number;
    /** Most neighbours taken away at once. */
    max_units_replace?: number;
    /** available: average over the subset sizes that exist; icx360: always divide by max_units_replace + 1. */
    normalise?: "available" | "icx360";
    /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
    levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
    /** With `levels`: which units are opened, and what becomes of the others. */
    refine?: {
      /** Units opened at most at each level. */
      top_k?: number;
      /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
      threshold?: number;
      /** Units that are not opened are always there afterwards; false: they go on being taken away. */
      freeze?: boolean;
    };
  };
} | {
  id: "lasso";
  options?: {
    /** Random masks evaluated; null: 64, or as many as the budget allows. */
    num_masks?: number | null;
    /** Penalty on standardised columns, per token of the target; cv: the one that predicts best in cross-validation. */
    alpha?: number | "cv";
    /** Confidence of the intervals. */
    confidence?: number;
    /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
    levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
    /** With `levels`: which units are opened, and what becomes of the others. */
    refine?: {
      /** Units opened at most at each level. */
      top_k?: number;
      /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
      threshold?: number;
      /** Units that are not opened are always there afterwards; false: they go on being taken away. */
      freeze?: boolean;
    };
  };
} | {
  id: "shapley";
  options?: {
    /** permutation: random orders and their reverses; exact: all 2^n masks, up to 12 units; kernel: regression on a leverage sample. */
    estimator?: "permutation" | "exact" | "kernel";
    /** 2: pair interactions too; needs the `exact` estimator. */
    order?: 1 | 2;
    /** Confidence of the intervals. */
    confidence?: number;
    /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
    levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
    /** With `levels`: which units are opened, and what becomes of the others. */
    refine?: {
      /** Units opened at most at each level. */
      top_k?: number;
      /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
      threshold?: number;
      /** Units that are not opened are always there afterwards; false: they go on being taken away. */
      freeze?: boolean;
    };
  };
} | {
  id: "banzhaf";
  options?: {
    /** Random half masks. Left open: the budget. As many as there are (2^n) make the result exact. */
    num_masks?: number | null;
    /** Confidence of the intervals. */
    confidence?: number;
    /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
    levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
    /** With `levels`: which units are opened, and what becomes of the others. */
    refine?: {
      /** Units opened at most at each level. */
      top_k?: number;
      /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
      threshold?: number;
      /** Units that are not opened are always there afterwards; false: they go on being taken away. */
      freeze?: boolean;
    };
  };
} | {
  id: "owen";
  options?: {
    /** Confidence of the intervals. */
    confidence?: number;
    /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
    levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
    /** With `levels`: which units are opened, and what becomes of the others. */
    refine?: {
      /** Units opened at most at each level. */
      top_k?: number;
      /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
      threshold?: number;
      /** Units that are not opened are always there afterwards; false: they go on being taken away. */
      freeze?: boolean;
    };
  };
};

/** Attributions of other targets, from the stored evaluations. */
export type AttributionsReply = {
  targets: ResultTarget[];
  attributions: Attribution[];
};

export type AttributionsRequest = {
  /** Other targets of the same completion. */
  targets: Target[];
  /** Left out: the method of the job. */
  method?: {
    id: "auto";
    options?: {
      /** Units whose order must be settled before the rounds stop. */
      top_k?: number;
      /** Confidence of the intervals and of the decision to stop. */
      confidence?: number;
      /** Stop when more evaluations would hardly change the ranking; false: use the whole budget. */
      early_stop?: boolean;
      /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
      levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
      /** With `levels`: which units are opened, and what becomes of the others. */
      refine?: {
        /** Units opened at most at each level. */
        top_k?: number;
        /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
        threshold?: number;
        /** Units that are not opened are always there afterwards; false: they go on being taken away. */
        freeze?: boolean;
      };
    };
  } | {
    id: "leave-one-out";
    options?: {
      /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
      levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
      /** With `levels`: which units are opened, and what becomes of the others. */
      refine?: {
        /** Units opened at most at each level. */
        top_k?: number;
        /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
        threshold?: number;
        /** Units that are not opened are always there afterwards; false: they go on being taken away. */
        freeze?: boolean;
      };
    };
  } | {
    id: "clime";
    options?: {
      /** Most units taken away in one evaluation. */
      max_units_replace?: number;
      /** Evaluations asked per unit, about. */
      oversampling_factor?: number;
      /** Whether the call with nothing taken away is evaluated and fitted too. */
      empty_subset?: boolean;
      /** stratum: every number of units taken away weighs the same in total, as in ICX360; unit: every evaluation does. */
      weighting?: "stratum" | "unit";
      /** At most this many units get a score (lasso path); null: all. */
      num_nonzeros?: number | null;
      /** With num_nonzeros: fit the chosen units again without penalty. */
      debias?: boolean;
      /** Confidence of the intervals. */
      confidence?: number;
      /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
      levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
      /** With `levels`: which units are opened, and what becomes of the others. */
      refine?: {
        /** Units opened at most at each level. */
        top_k?: number;
        /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
        threshold?: number;
        /** Units that are not opened are always there afterwards; false: they go on being taken away. */
        freeze?: boolean;
      };
    };
  } | {
    id: "lshap";
    options?: {
      /** Units on each side of a unit that may be taken away with it. */
      num_neighbors?: number;
      /** Most neighbours taken away at once. */
      max_units_replace?: number;
      /** available: average over the subset sizes that exist; icx360: always divide by max_units_replace + 1. */
      normalise?: "available" | "icx360";
      /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
      levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
      /** With `levels`: which units are opened, and what becomes of the others. */
      refine?: {
        /** Units opened at most at each level. */
        top_k?: number;
        /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
        threshold?: number;
        /** Units that are not opened are always there afterwards; false: they go on being taken away. */
        freeze?: boolean;
      };
    };
  } | {
    id: "lasso";
    options?: {
      /** Random masks evaluated; null: 64, or as many as the budget allows. */
      num_masks?: number | null;
      /** Penalty on standardised columns, per token of the target; cv: the one that predicts best in cross-validation. */
      alpha?: number | "cv";
      /** Confidence of the intervals. */
      confidence?: number;
      /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
      levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
      /** With `levels`: which units are opened, and what becomes of the others. */
      refine?: {
        /** Units opened at most at each level. */
        top_k?: number;
        /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
        threshold?: number;
        /** Units that are not opened are always there afterwards; false: they go on being taken away. */
        freeze?: boolean;
      };
    };
  } | {
    id: "shapley";
    options?: {
      /** permutation: random orders and their reverses; exact: all 2^n masks, up to 12 units; kernel: regression on a leverage sample. */
      estimator?: "permutation" | "exact" | "kernel";
      /** 2: pair interactions too; needs the `exact` estimator. */
      order?: 1 | 2;
      /** Confidence of the intervals. */
      confidence?: number;
      /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
      levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
      /** With `levels`: which units are opened, and what becomes of the others. */
      refine?: {
        /** Units opened at most at each level. */
        top_k?: number;
        /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
        threshold?: number;
        /** Units that are not opened are always there afterwards; false: they go on being taken away. */
        freeze?: boolean;
      };
    };
  } | {
    id: "banzhaf";
    options?: {
      /** Random half masks. Left open: the budget. As many as there are (2^n) make the result exact. */
      num_masks?: number | null;
      /** Confidence of the intervals. */
      confidence?: number;
      /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
      levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
      /** With `levels`: which units are opened, and what becomes of the others. */
      refine?: {
        /** Units opened at most at each level. */
        top_k?: number;
        /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
        threshold?: number;
        /** Units that are not opened are always there afterwards; false: they go on being taken away. */
        freeze?: boolean;
      };
    };
  } | {
    id: "owen";
    options?: {
      /** Confidence of the intervals. */
      confidence?: number;
      /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
      levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
      /** With `levels`: which units are opened, and what becomes of the others. */
      refine?: {
        /** Units opened at most at each level. */
        top_k?: number;
        /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
        threshold?: number;
        /** Units that are not opened are always there afterwards; false: they go on being taken away. */
        freeze?: boolean;
      };
    };
  };
};

/** A batch of explanations. `GET /v1/explanations?batch=…` lists them. */
export type Batch = {
  id: string;
  object: "batch";
  /** `completed`: all have ended, those that failed too; `cancelled`: all have ended, and it was cancelled before that. */
  status: "queued" | "in_progress" | "cancelling" | "completed" | "cancelled";
  created_at: string;
  finished_at: string | null;
  expires_at: string | null;
  /** Explanations of the batch by their status; those that were erased are not counted. */
  counts: {
    total: number;
    queued: number;
    in_progress: number;
    cancelling: number;
    completed: number;
    failed: number;
    cancelled: number;
  };
  /** Of all explanations together. */
  estimate: Estimate | null;
  metadata: Record<string, string>;
  webhook: Delivery | null;
};

/** The caller's batches, newest first. */
export type BatchList = {
  data: Batch[];
  /** Where the next page starts; null on the last one. */
  next_cursor: string | null;
};

/** Explanations that are accepted together or not at all. */
export type BatchRequest = {
  /** The explanations, each as in `POST /v1/explanations`. */
  requests: ExplanationRequest[];
  /** Stand in each request where it leaves them out; in `call` and `metadata`, field by field. */
  defaults?: {
    /** The name of a configured endpoint, or an endpoint of the caller's own. Left out: the default one. */
    endpoint?: string | CallerEndpoint;
    /** Fields of `call`, such as `model`. */
    call?: Record<string, unknown>;
    /** What the model answered: a string, or the whole response object. Left out: the service asks once. */
    completion?: string | Record<string, unknown> | null;
    segmenter?: Segmenter;
    perturber?: Perturber;
    scorer?: Scorer;
    method?: Method;
    /** The parts of the completion to explain. */
    targets?: Target[];
    budget?: Budget;
    /** Left out or null: the held-out check alone, which every job has. */
    faithfulness?: ChecksRequest | null;
    /** All randomness comes from it. */
    seed?: number;
    /** Told when the explanation has ended. */
    webhook?: Webhook | null;
    /** Yours; given back as it came. */
    metadata?: Record<string, string>;
  };
  /** Told when the last explanation of the batch has ended. */
  webhook?: Webhook | null;
  /** Yours; given back as it came. */
  metadata?: Record<string, string>;
};

/** Caps that hold: nothing is sent that would pass one. What was evaluated by then is still fitted. */
export type Budget = {
  /** Evaluations asked of the endpoint, and consultations about their answers. Left open: 200, or what the method needs where that is more. */
  calls?: number | null;
  /** Prompt tokens over the whole job. */
  prompt_tokens?: number | null;
  /** US dollars, by the prices of the endpoint. */
  cost_usd?: number | null;
  /** Wall-clock seconds from the start of the job. What is under way then is not waited for. */
  seconds?: number | null;
};

/** The OpenAI-shaped request body, as sent. `explain` and `label` are annotations of this service and are removed before anything is sent. */
export type Call = {
  /** Left out: the first model of the endpoint. */
  model?: string;
  /** Chat completions. */
  messages?: {
    role: string;
    content?: string | {
      type: string;
      text?: string;
      /** How this text is cut: one unit, units by the segmenter, or never taken away. */
      explain?: "whole" | "split" | "fixed";
      /** A name for the unit or units, shown in the result. */
      label?: string;
      [name: string]: unknown;
    }[] | null;
    /** How this text is cut: one unit, units by the segmenter, or never taken away. */
    explain?: "whole" | "split" | "fixed";
    /** A name for the unit or units, shown in the result. */
    label?: string;
    [name: string]: unknown;
  }[];
  /** Completions: a string, or text parts that are sent as one string. Beside `input`: a stored prompt, sent as it is. */
  prompt?: string | {
    type?: "text" | "input_text";
    text: string;
    /** How this text is cut: one unit, units by the segmenter, or never taken away. */
    explain?: "whole" | "split" | "fixed";
    /** A name for the unit or units, shown in the result. */
    label?: string;
    [name: string]: unknown;
  }[] | {
    id: string;
    [name: string]: unknown;
  };
  /** Responses API. */
  input?: string | {
    type?: string;
    role?: string;
    content?: string | {
      type: string;
      text?: string;
      /** How this text is cut: one unit, units by the segmenter, or never taken away. */
      explain?: "whole" | "split" | "fixed";
      /** A name for the unit or units, shown in the result. */
      label?: string;
      [name: string]: unknown;
    }[] | null;
    /** How this text is cut: one unit, units by the segmenter, or never taken away. */
    explain?: "whole" | "split" | "fixed";
    /** A name for the unit or units, shown in the result. */
    label?: string;
    [name: string]: unknown;
  }[];
  instructions?: string | {
    type?: "text" | "input_text";
    text: string;
    /** How this text is cut: one unit, units by the segmenter, or never taken away. */
    explain?: "whole" | "split" | "fixed";
    /** A name for the unit or units, shown in the result. */
    label?: string;
    [name: string]: unknown;
  }[] | null;
  tools?: {
    /** `whole`: the tool is a unit that can be left out. Default `fixed`. */
    explain?: "whole" | "fixed";
    /** A name for the unit or units, shown in the result. */
    label?: string;
    [name: string]: unknown;
  }[];
  [name: string]: unknown;
};

/** The caller's own endpoint, where the operator allows it (`caller_endpoints` of `GET /v1/endpoints`). `call.model` must be named. */
export type CallerEndpoint = {
  /** Where the routes begin, normally with /v1 at the end. The public internet only, unless the operator opened more. */
  base_url: string;
  /** Sent as `Authorization: Bearer`. Encrypted until the job has ended, then erased; never shown again. Left out: the server takes requests without one. */
  api_key?: string;
  /** How the server is asked; `auto` finds out. */
  dialect?: string;
  /** A model of this endpoint that embeds texts, for the scorer `embedding`. */
  embedding_model?: string | null;
  /** A model of this endpoint that judges answers, for the scorers `judge` and `nli`. */
  judge_model?: string | null;
  /** US dollars per million tokens: what `budget.cost_usd` is held against. */
  price?: {
    prompt_per_million: number;
    completion_per_million: number;
    /** Of prompt tokens that the server read from a cache, by what `usage` says of them; null: as other prompt tokens. At most that. */
    cached_per_million?: number | null;
  } | null;
};

export type Catalogue = {
  methods: {
    id: string;
    title: string;
    /** JSON Schema of the options, defaults included. */
    options: Record<string, unknown>;
    /** The options when none is given. */
    defaults: Record<string, unknown>;
  }[];
  segmenters: {
    id: string;
    title: string;
    /** JSON Schema of the options, defaults included. */
    options: Record<string, unknown>;
    /** The options when none is given. */
    defaults: Record<string, unknown>;
  }[];
  perturbers: {
    id: string;
    title: string;
    /** JSON Schema of the options, defaults included. */
    options: Record<string, unknown>;
    /** The options when none is given. */
    defaults: Record<string, unknown>;
  }[];
  scorers: {
    id: string;
    title: string;
    /** JSON Schema of the options, defaults included. */
    options: Record<string, unknown>;
    /** The options when none is given. */
    defaults: Record<string, unknown>;
  }[];
  infillers: {
    id: string;
    title: string;
    /** JSON Schema of the options, defaults included. */
    options: Record<string, unknown>;
    /** The options when none is given. */
    defaults: Record<string, unknown>;
  }[];
};

/** Checks of the scores by masks that follow them, asked after the fit and never fitted. */
export type ChecksRequest = {
  /** Left out: all of them. */
  checks?: ("deletion" | "insertion" | "top_k" | "sufficiency" | "necessity")[];
  /** Random orders that the order by score is held against. */
  baselines?: number;
  /** How many of the highest units `top_k` takes away. */
  top_k?: number[];
  /** Index of the target whose scores are checked. */
  target?: number;
};

/** How the notification of the end goes. */
export type Delivery = {
  url: string;
  /** `failed`: given up after about a day. `disabled`: the receiver answered 410, to this message or to another one within a day. */
  status: "pending" | "delivered" | "failed" | "disabled";
  attempts: number;
  last_attempt_at: string | null;
  /** Of the last attempt; null where no answer came. */
  response_status: number | null;
  /** Why the last attempt did not count. */
  error: string | null;
  next_attempt_at: string | null;
};

/** Configured endpoints, without addresses and secrets. */
export type EndpointList = {
  /** The endpoint that is asked when a request names none. */
  default: string;
  /** Whether a request may bring an endpoint of its own. */
  caller_endpoints: boolean;
  data: {
    name: string;
    default: boolean;
    dialect: string;
    /** Empty: any model name is passed on. */
    models: string[];
    concurrency: number;
    max_batch: number;
    requests_per_minute: number | null;
    tokens_per_minute: number | null;
    timeout_seconds: number;
    price: {
      prompt_per_million: number;
      completion_per_million: number;
      /** Of prompt tokens that the server read from a cache, by what `usage` says of them; null: as other prompt tokens. At most that. */
      cached_per_million: number | null;
    } | null;
    /** Embeds texts for the scorer `embedding`. */
    embedding: {
      endpoint: string;
      model: string;
    } | null;
    /** Says what entails what for the scorer `nli`: a classifier, or the judge. */
    nli: {
      endpoint: string;
      model: string;
    } | null;
    /** Judges answers for the scorer `judge`. */
    judge: {
      endpoint: string;
      model: string;
    } | null;
  }[];
};

export type Estimate = {
  /** Evaluations at most, consultations about their answers included. */
  calls: number;
  /** About; see `basis`. */
  prompt_tokens: number;
  completion_tokens: number;
  /** null where nobody who is asked has a price. */
  cost_usd: number | null;
  /** A guess from earlier jobs on the endpoint; null when there were none. */
  seconds: number | null;
  /** Perturbable units; with `levels`, at most. */
  units: number;
  /** How tokens were counted. `tokenizer`: by what the server's own tokenizer was seen to make of a character; `characters`: four characters of ASCII, or one of another script, taken for a token. */
  basis: "tokenizer" | "characters";
};

/** Every mask that was asked and what came of it. */
export type Evaluations = {
  /** For each entry of a mask, the index of its unit in `result.units`. */
  units: number[];
  /** What the values are of: the tokens of the completion and then of the foil, or the targets where nothing was weighed. */
  columns: string[];
  /** The first column of each foil. */
  foils: number[];
  rows: {
    /** One entry per perturbable unit: 1 = present. */
    mask: number[];
    /** Kept out of the fit, to judge it by: held-out masks, those of the checks that `faithfulness` asked for, and samples of the unchanged call. */
    holdout: boolean;
    /** Which of the answers under this mask it is, where several were sampled. */
    sample: number;
    /** The natural-log probability of each token, or the scorer's value of each target; null where there is none. */
    values: (number | null)[];
    /** Where answers were followed (rung `aligned_top_logprobs`): the column in which the endpoint's own answer was another token; null where it was none. */
    divergence: number | null;
    /** Columns, from the first on, that were measured; the next one holds a bound, the others a floor. null: all of them. */
    measured: number | null;
    /** The answer as it was generated anew; null where it was not. */
    completion: string | null;
    /** What an answer may begin with, by natural-log probability, as the endpoint showed it; null where it was not asked. */
    opening: {
      token: string;
      logprob: number;
    }[] | null;
    /** What a search edited in the call, whose mask has 0 where a unit was edited; null where masks were asked. */
    edits: {
      /** Index of the unit in `result.units`. */
      unit: number;
      /** Code points of the text that the unit's `at` names, half-open. */
      start: number;
      end: number;
      /** What stood there. */
      from: string;
      /** What stands there now; empty where it was taken away. */
      to: string;
    }[] | null;
  }[];
};

/** An explanation job and, when it has ended, its result. */
export type Explanation = {
  id: string;
  object: "explanation";
  status: Status;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  expires_at: string | null;
  progress: Progress | null;
  estimate: Estimate | null;
  metadata: Record<string, string>;
  /** The batch that it belongs to. */
  batch: {
    id: string;
    /** Its place in `requests`. */
    index: number;
  } | null;
  webhook: Delivery | null;
  /** The request as validated, defaults filled in, without secrets. */
  request: Record<string, unknown>;
  result: Result | null;
  error: Problem | null;
};

/** The caller's explanations, newest first. */
export type ExplanationList = {
  data: Explanation[];
  /** Where the next page starts; null on the last one. */
  next_cursor: string | null;
};

export type ExplanationRequest = {
  /** The name of a configured endpoint, or an endpoint of the caller's own. Left out: the default one. */
  endpoint?: string | CallerEndpoint;
  call: Call;
  /** What the model answered: a string, or the whole response object. Left out: the service asks once. */
  completion?: string | Record<string, unknown> | null;
  segmenter?: Segmenter;
  perturber?: Perturber;
  scorer?: Scorer;
  method?: Method;
  /** The parts of the completion to explain. */
  targets?: Target[];
  budget?: Budget;
  /** Left out or null: the held-out check alone, which every job has. */
  faithfulness?: ChecksRequest | null;
  /** All randomness comes from it. */
  seed?: number;
  /** Told when the explanation has ended. */
  webhook?: Webhook | null;
  /** Yours; given back as it came. */
  metadata?: Record<string, string>;
};

export type Faithfulness = {
  holdout_r2: number | null;
  /** Rank correlation of predicted and seen values on masks that were not fitted. */
  lds: number | null;
  verdict: "good" | "weak" | "unusable";
  /** The verdict, and what the checks showed, in plain words. */
  reasons: string[];
  /** What was checked; null where no checks were asked for. */
  checked: {
    target: number;
    /** The value of the whole call. */
    full: number | null;
    /** The value with every perturbable unit taken away. */
    empty: number | null;
    /** Evaluations that the checks needed. */
    needed: number;
    /** How many of them gave no number: they failed, were not asked, or make the answer impossible. */
    missing: number;
    /** How many of `usage.calls` the checks took: what was known already took none. */
    calls: number;
  } | null;
  /** Units taken away cumulatively, the highest score first. */
  deletion: {
    /** Share of the text (code points of the perturbable units) after each step, 0 to 1. */
    shares: number[];
    /** Average height over the first 20 % of the text: the area by the trapezoid rule, interpolated at the end, over 0.2. */
    aupc: number | null;
    random: {
      /** One per random order. */
      aupc: (number | null)[];
    };
    reverse: {
      /** Of the order with the lowest score first. */
      aupc: number | null;
    };
    /** `aupc` less the mean of the random orders. */
    gain: number | null;
    /** Value of the whole call less the value at each step. */
    drops: (number | null)[];
  } | null;
  /** Units put back cumulatively, the highest score first. */
  insertion: {
    /** Share of the text (code points of the perturbable units) after each step, 0 to 1. */
    shares: number[];
    /** Average height over the first 20 % of the text: the area by the trapezoid rule, interpolated at the end, over 0.2. */
    aupc: number | null;
    random: {
      /** One per random order. */
      aupc: (number | null)[];
    };
    reverse: {
      /** Of the order with the lowest score first. */
      aupc: number | null;
    };
    /** `aupc` less the mean of the random orders. */
    gain: number | null;
    /** Value at each step less the value with nothing. */
    rises: (number | null)[];
  } | null;
  /** Drop of the value when the k highest units are taken away. */
  top_k: {
    k: number;
    drop: number | null;
    /** The mean drop when as many random units are taken away. */
    random: number | null;
  }[] | null;
  /** The highest units alone. */
  sufficiency: Rationale | null;
  /** Everything but the highest units. */
  necessity: Rationale | null;
};

/** Which units drive compliance, and how often the call is refused and complied with when they are away. */
export type Highlight = {
  /** Id of the method that the scores come from. */
  attribution: string;
  /** The text whose mean log-probability was attributed; null where another value was (`result.scorer`). */
  affirmation: string | null;
  alpha: number;
  /** The highlighted units by their index in `result.units`, the highest score first. */
  units: {
    unit: number;
    score: number;
    interval: [number, number] | null;
    /** What stood in its place in the check, in turn, without the whitespace around it; [] where nobody paraphrased it. */
    paraphrases: string[];
  }[];
  /** Those that the check bears out: without them the call is complied with less often than as it stands, and than without as many random ones. All of `units`, or none. */
  flagged: number[];
  /** What the check came to, in plain words. */
  reasons: string[];
  told_by: "patterns" | "judge";
  /** At which the answers were sampled; null: as the server has it. */
  temperature: number | null;
  confidence: number;
  /** The call as it stands; null where no check was asked for. */
  unchanged: HighlightArm | null;
  /** Without the highlighted units; null where there are none. */
  without: HighlightArm | null;
  /** Without as many random ones, drawn anew for every answer; null where there are no others. */
  random: HighlightArm | null;
  /** With the highlighted units paraphrased; null where there are none, or nobody was asked to (`paraphrase`). */
  paraphrased: HighlightArm | null;
  /** Differences of rates; null where either side is. */
  differences: {
    /** Rates of the call as it stands less those without the highlighted units. */
    without: HighlightChange | null;
    /** The same for random units. */
    random: HighlightChange | null;
    /** The same for paraphrased units. */
    paraphrased: HighlightChange | null;
    /** Rates without random units less those without the highlighted ones. */
    beyond_random: HighlightChange | null;
  };
  /** How many of `usage.calls` the check took: what was known already took none. */
  calls: number;
};

/** Answers to one of the calls that are compared, and how often they refuse and comply. */
export type HighlightArm = {
  /** Answers that could be told. */
  samples: number;
  /** Answers that are not there: they failed, were not asked, or nobody said what they are. */
  missing: number;
  refusal: {
    count: number;
    /** null where there is no answer. */
    rate: number | null;
    /** Wilson's score interval. */
    interval: [number, number];
  };
  /** Answers that comply: they match `compliance`, or without it are no refusal. */
  attack_success: {
    count: number;
    /** null where there is no answer. */
    rate: number | null;
    /** Wilson's score interval. */
    interval: [number, number];
  };
  /** The ten commonest answers. */
  answers: {
    text: string;
    count: number;
    refused: boolean;
    complied: boolean;
  }[];
};

/** How the rates of two calls differ. */
export type HighlightChange = {
  refusal: {
    difference: number | null;
    /** Newcombe's hybrid score interval. */
    interval: [number, number];
  };
  attack_success: {
    difference: number | null;
    /** Newcombe's hybrid score interval. */
    interval: [number, number];
  };
};

/** How values become an attribution, and what is done with it (`highlight`), or how edits are searched that change the answer (`mcell`, `cell`) or keep it (`reduce`). */
export type Method = {
  id: "auto";
  options?: {
    /** Units whose order must be settled before the rounds stop. */
    top_k?: number;
    /** Confidence of the intervals and of the decision to stop. */
    confidence?: number;
    /** Stop when more evaluations would hardly change the ranking; false: use the whole budget. */
    early_stop?: boolean;
    /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
    levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
    /** With `levels`: which units are opened, and what becomes of the others. */
    refine?: {
      /** Units opened at most at each level. */
      top_k?: number;
      /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
      threshold?: number;
      /** Units that are not opened are always there afterwards; false: they go on being taken away. */
      freeze?: boolean;
    };
  };
} | {
  id: "leave-one-out";
  options?: {
    /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
    levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
    /** With `levels`: which units are opened, and what becomes of the others. */
    refine?: {
      /** Units opened at most at each level. */
      top_k?: number;
      /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
      threshold?: number;
      /** Units that are not opened are always there afterwards; false: they go on being taken away. */
      freeze?: boolean;
    };
  };
} | {
  id: "clime";
  options?: {
    /** Most units taken away in one evaluation. */
    max_units_replace?: number;
    /** Evaluations asked per unit, about. */
    oversampling_factor?: number;
    /** Whether the call with nothing taken away is evaluated and fitted too. */
    empty_subset?: boolean;
    /** stratum: every number of units taken away weighs the same in total, as in ICX360; unit: every evaluation does. */
    weighting?: "stratum" | "unit";
    /** At most this many units get a score (lasso path); null: all. */
    num_nonzeros?: number | null;
    /** With num_nonzeros: fit the chosen units again without penalty. */
    debias?: boolean;
    /** Confidence of the intervals. */
    confidence?: number;
    /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
    levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
    /** With `levels`: which units are opened, and what becomes of the others. */
    refine?: {
      /** Units opened at most at each level. */
      top_k?: number;
      /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
      threshold?: number;
      /** Units that are not opened are always there afterwards; false: they go on being taken away. */
      freeze?: boolean;
    };
  };
} | {
  id: "lshap";
  options?: {
    /** Units on each side of a unit that may be taken away with it. */
    num_neighbors?: number;
    /** Most neighbours taken away at once. */
    max_units_replace?: number;
    /** available: average over the subset sizes that exist; icx360: always divide by max_units_replace + 1. */
    normalise?: "available" | "icx360";
    /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
    levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
    /** With `levels`: which units are opened, and what becomes of the others. */
    refine?: {
      /** Units opened at most at each level. */
      top_k?: number;
      /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
      threshold?: number;
      /** Units that are not opened are always there afterwards; false: they go on being taken away. */
      freeze?: boolean;
    };
  };
} | {
  id: "lasso";
  options?: {
    /** Random masks evaluated; null: 64, or as many as the budget allows. */
    num_masks?: number | null;
    /** Penalty on standardised columns, per token of the target; cv: the one that predicts best in cross-validation. */
    alpha?: number | "cv";
    /** Confidence of the intervals. */
    confidence?: number;
    /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
    levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
    /** With `levels`: which units are opened, and what becomes of the others. */
    refine?: {
      /** Units opened at most at each level. */
      top_k?: number;
      /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
      threshold?: number;
      /** Units that are not opened are always there afterwards; false: they go on being taken away. */
      freeze?: boolean;
    };
  };
} | {
  id: "shapley";
  options?: {
    /** permutation: random orders and their reverses; exact: all 2^n masks, up to 12 units; kernel: regression on a leverage sample. */
    estimator?: "permutation" | "exact" | "kernel";
    /** 2: pair interactions too; needs the `exact` estimator. */
    order?: 1 | 2;
    /** Confidence of the intervals. */
    confidence?: number;
    /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
    levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
    /** With `levels`: which units are opened, and what becomes of the others. */
    refine?: {
      /** Units opened at most at each level. */
      top_k?: number;
      /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
      threshold?: number;
      /** Units that are not opened are always there afterwards; false: they go on being taken away. */
      freeze?: boolean;
    };
  };
} | {
  id: "banzhaf";
  options?: {
    /** Random half masks. Left open: the budget. As many as there are (2^n) make the result exact. */
    num_masks?: number | null;
    /** Confidence of the intervals. */
    confidence?: number;
    /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
    levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
    /** With `levels`: which units are opened, and what becomes of the others. */
    refine?: {
      /** Units opened at most at each level. */
      top_k?: number;
      /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
      threshold?: number;
      /** Units that are not opened are always there afterwards; false: they go on being taken away. */
      freeze?: boolean;
    };
  };
} | {
  id: "owen";
  options?: {
    /** Confidence of the intervals. */
    confidence?: number;
    /** Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level. */
    levels?: ("message" | "document" | "paragraph" | "sentence" | "phrase" | "word")[] | null;
    /** With `levels`: which units are opened, and what becomes of the others. */
    refine?: {
      /** Units opened at most at each level. */
      top_k?: number;
      /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
      threshold?: number;
      /** Units that are not opened are always there afterwards; false: they go on being taken away. */
      freeze?: boolean;
    };
  };
} | {
  id: "highlight";
  options?: {
    /** The method that the scores come from, with its options. */
    attribution?: AttributionMethod;
    /** The share of the units that is highlighted at most; at least one unit may be. */
    alpha?: number;
    /** An answer that complies. Where the endpoint can weigh it, its mean log-probability is the value that is attributed. */
    affirmation?: string;
    /** How complying and refusing answers begin, for endpoints that weigh nothing but show the alternatives of a first token. */
    openers?: {
      /** null: the affirmation, and common ones where that is the default. */
      affirming?: string[] | null;
      /** null: common ones where the affirmation is the default, else everything else. */
      refusing?: string[] | null;
    };
    /** Who tells a refusal: lists of patterns, or the judge of the endpoint. */
    told_by?: "patterns" | "judge";
    /** Lists of refusals that are used, by language. null: all. */
    languages?: ("en" | "de" | "fr" | "es" | "it" | "pt" | "nl" | "pl" | "sv" | "ru" | "uk" | "tr" | "ar" | "hi" | "zh" | "ja" | "ko" | "vi" | "id")[] | null;
    /** Further patterns (RE2 syntax) whose match anywhere in an answer is a refusal. */
    refusals?: string[];
    /** A pattern (RE2 syntax) that a complying answer matches. null: every answer that is no refusal complies. */
    compliance?: string | null;
    /** What a refusal is, in words for the judge, which does not see the call. Empty: declining to do what was asked. */
    criteria?: string;
    /** Answers to each of the calls that are compared in the check. 0: no check. */
    samples?: number;
    /** Who says the highlighted units in other words, for answers to the call with those. null: nobody, and nothing is paraphrased. */
    paraphrase?: {
      /** A configured endpoint, which must serve chat completions. null: that of the job. */
      endpoint?: string | null;
      /** null: the first of the endpoint, or the one of the call. */
      model?: string | null;
      /** Paraphrases asked for of each highlighted unit; the answers of the check take them in turn. */
      proposals?: number;
      temperature?: number;
      /** What the paraphrases shall be like, said to the model. */
      instructions?: string;
    } | null;
    /** At which the answers of the check are sampled. null: as the call says, and 1 where it says 0, since one answer again and again has no rate. */
    temperature?: number | null;
    /** Of the intervals of rates and of their differences. */
    confidence?: number;
  };
} | {
  id: "mcell";
  options?: {
    /** The infiller's proposals that are tried for each group; one: a random one of them. */
    proposals?: number;
    /** A round whose best score differs by no more from that before has changed nothing. */
    epsilon_iter?: number;
    /** Rounds in a row without a change that end the search. */
    no_change_max_iters?: number;
    /** Words that are edited together. */
    split_k?: number;
    /** An answer whose score is above it is another answer. The score is the value of the unchanged call less that of the edited one. */
    epsilon?: number;
    /** `either`: a value that rises counts like one that drops. */
    direction?: "drop" | "either";
    /** Calls that are tried, the unchanged one included; `budget.calls` holds as well. */
    max_evaluations?: number;
    /** Index of the target whose value counts. */
    target?: number;
    /** What stands in the place of words. */
    infiller?: {
      id: "delete";
      /** Taking away has no options. */
      options?: Record<string, never>;
    } | {
      id: "swap";
      /** Nothing is swapped where no word of these stands. */
      options?: {
        /** What may stand for a word, or for several: `{"tortoise": ["turtle", "cat"]}`. An empty text takes it away. */
        words?: Record<string, string[]>;
        /** Lists of words of a kind: each may stand for every other. */
        kinds?: string[][];
      };
    } | {
      id: "llm";
      options?: {
        /** A configured endpoint, which must serve chat completions. null: that of the job. */
        endpoint?: string | null;
        /** null: the first of the endpoint, or the one of the call. */
        model?: string | null;
        /** Asked for each group of words. */
        proposals?: number;
        /** Groups that one request asks about at most. */
        together?: number;
        temperature?: number;
        /** What the words shall be like, said to the model. */
        instructions?: string;
      };
    } | {
      id: "fill-in-the-middle";
      options?: {
        /** A configured endpoint. null: that of the job. */
        endpoint?: string | null;
        /** null: the first of the endpoint, or the one of the call. */
        model?: string | null;
        /** Different fillings of each group of words, a request each. */
        proposals?: number;
        temperature?: number;
      };
    };
    /** Distinct contrasts that are looked for: no two edit the same words. */
    contrasts?: number;
  };
} | {
  id: "cell";
  options?: {
    /** How many groups away from one of its edits a draft is edited next at most. */
    radius?: number;
    /** Share of the centres that go on from what was tried before; the others are new places. */
    alpha?: number;
    /** Words that are edited together. */
    split_k?: number;
    /** An answer whose score is above it is another answer. The score is the value of the unchanged call less that of the edited one. */
    epsilon?: number;
    /** `either`: a value that rises counts like one that drops. */
    direction?: "drop" | "either";
    /** Calls that are tried, the unchanged one included; `budget.calls` holds as well. */
    max_evaluations?: number;
    /** Index of the target whose value counts. */
    target?: number;
    /** What stands in the place of words. */
    infiller?: {
      id: "delete";
      /** Taking away has no options. */
      options?: Record<string, never>;
    } | {
      id: "swap";
      /** Nothing is swapped where no word of these stands. */
      options?: {
        /** What may stand for a word, or for several: `{"tortoise": ["turtle", "cat"]}`. An empty text takes it away. */
        words?: Record<string, string[]>;
        /** Lists of words of a kind: each may stand for every other. */
        kinds?: string[][];
      };
    } | {
      id: "llm";
      options?: {
        /** A configured endpoint, which must serve chat completions. null: that of the job. */
        endpoint?: string | null;
        /** null: the first of the endpoint, or the one of the call. */
        model?: string | null;
        /** Asked for each group of words. */
        proposals?: number;
        /** Groups that one request asks about at most. */
        together?: number;
        temperature?: number;
        /** What the words shall be like, said to the model. */
        instructions?: string;
      };
    } | {
      id: "fill-in-the-middle";
      options?: {
        /** A configured endpoint. null: that of the job. */
        endpoint?: string | null;
        /** null: the first of the endpoint, or the one of the call. */
        model?: string | null;
        /** Different fillings of each group of words, a request each. */
        proposals?: number;
        temperature?: number;
      };
    };
    /** Distinct contrasts that are looked for: no two edit the same words. */
    contrasts?: number;
  };
} | {
  id: "reduce";
  options?: {
    /** Words that are edited together. */
    split_k?: number;
    /** An answer whose score is above it is another answer. The score is the value of the unchanged call less that of the edited one. */
    epsilon?: number;
    /** `either`: a value that rises counts like one that drops. */
    direction?: "drop" | "either";
    /** Calls that are tried, the unchanged one included; `budget.calls` holds as well. */
    max_evaluations?: number;
    /** Index of the target whose value counts. */
    target?: number;
  };
};

/** What stands where a unit is absent. */
export type Perturber = {
  id: "drop";
  options?: {
    /** Mend the whitespace around what is taken away. false: remove exactly the units, whitespace and all. */
    repair?: boolean;
    /** Stands in for a message that lost all its text, where an endpoint refuses empty content. */
    empty_form?: string;
  };
} | {
  id: "placeholder";
  options?: {
    /** What stands where a unit is absent; longer than the unit or empty as well. */
    text?: string;
    /** Keep the whitespace at the ends of the unit, so that its neighbours do not fuse. */
    keep_whitespace?: boolean;
    /** One placeholder for neighbouring absent units of a text. */
    collapse?: boolean;
    /** Stands in for a message that lost all its text, where an endpoint refuses empty content. */
    empty_form?: string;
  };
};

/** What a probe found for one endpoint and model. While it is pending, what was found before. */
export type Probe = {
  endpoint: string;
  model: string;
  /** `pending`: a worker is at it; GET the same path later. */
  status: "done" | "pending";
  /** null while it is pending and nothing was found before. */
  supports: {
    /** The rung for chats: how exactly a given answer can be weighed; `text` = not at all; null = the server has no route for them, and such calls are refused (`unsupported_call`). */
    chat: string | null;
    /** The rung for completions. */
    completion: string | null;
    /** The rung for calls of the Responses API. */
    responses: string | null;
    /** Per shape of call, every rung on which a given answer was seen to be weighed truly; a job takes the one that costs least for it. */
    weighing: Record<string, string[]>;
    /** Per shape of call and rung, by how much what the server says of a token when it generates differs from what it says when it weighs: the standard deviation in nats, and of how many differences. */
    noise: Record<string, Record<string, {
      sd: number;
      seen: number;
    }>>;
    /** Tokens for a character of ASCII and of anything else, by the tokenizer of the server; null where it shows none. Estimates go by it. */
    tokens: {
      ascii: number;
      other: number;
    } | null;
    /** A list of prompts in one request gets one answer each. */
    lists: boolean;
    /** What was tried and seen, in words. */
    notes: string[];
    /** Those of the notes that concern one shape of call; results of such calls show them. */
    about: Record<string, string[]>;
    [name: string]: unknown;
  } | null;
  /** The model answers /embeddings; null where that was not seen, or only a job has asked. */
  embeddings: boolean | null;
  /** A prompt sent twice was read from a cache, as `usage` says; null as above. */
  prefix_cache: boolean | null;
  /** RFC 3339. */
  probed_at: string | null;
  /** What it took to find out, retries included. */
  http_requests: number | null;
  /** false: the server was in trouble, so it is asked again after a minute. */
  certain: boolean | null;
};

/** Which model to probe. */
export type ProbeRequest = {
  /** Left out: the endpoint's first model. */
  model?: string;
};

/** RFC 9457 problem details. */
export type Problem = {
  /** A URN that names the kind of problem; it ends in the code. */
  type: string;
  title: string;
  status: number;
  detail: string;
  /** Stable; listed in docs/errors.md. */
  code: "validation_failed" | "invalid_json" | "invalid_cursor" | "unauthorized" | "endpoint_forbidden" | "not_found" | "method_not_allowed" | "not_acceptable" | "not_finished" | "no_result" | "already_finished" | "idempotency_in_progress" | "body_too_large" | "unsupported_media_type" | "idempotency_key_reused" | "unknown_endpoint" | "address_forbidden" | "unknown_model" | "nothing_to_explain" | "too_many_units" | "budget_too_small" | "budget_exhausted" | "scorer_unavailable" | "unsupported_call" | "invalid_pattern" | "target_not_found" | "target_unsupported" | "evaluations_missing" | "too_many_open" | "rate_limited" | "internal" | "endpoint_refused" | "endpoint_unreachable" | "endpoint_malformed" | "infiller_unusable" | "too_few_evaluations" | "storage_unavailable" | "no_worker" | "queue_full" | "secret_unreadable" | "outdated_job" | "attempts_exhausted" | "endpoint_timeout";
  request_id: string | null;
  errors?: {
    pointer: string;
    message: string;
  }[];
};

export type Progress = {
  phase: "reference" | "evaluating" | "fitting" | "verifying";
  done: number;
  planned: number;
};

export type Rationale = {
  /** The fewest highest units that hold 20 % of the text, without those whose score is not positive; at least one. */
  k: number;
  /** Their indexes in `result.units`, the highest first. */
  units: number[];
  /** Their share of the text. */
  size: number;
  /** The value of that call. */
  value: number | null;
  /** Of the drop that taking everything away makes: what the units alone avoid (sufficiency), or what their absence costs (necessity). */
  share: number | null;
};

export type Ready = {
  status: "ready" | "not_ready";
  /** Redis answers. */
  redis: boolean;
  /** Workers seen within the last 15 seconds. */
  workers: number;
  /** What is missing; empty when ready. */
  reasons: string[];
};

export type Result = {
  completion: string;
  units: Unit[];
  targets: ResultTarget[];
  /** One per target; none where the method searches edits. */
  attributions: Attribution[];
  scorer: {
    id: string;
    rung: "suffix_prefill" | "prompt_logprobs" | "forced_decoding" | "first_token" | "aligned_top_logprobs" | "text";
    unit: string;
    /** Tokens whose log-probability was read of every evaluation, those of a foil too; null where answers were compared. */
    tokens_scored: number | null;
    /** How many of the log-probabilities behind the values are only a bound, over all evaluations; null as above. */
    censored_tokens: number | null;
    /** How far two values of one and the same call can be apart by the arithmetic of the server alone, in `unit` at 95 % confidence, one per target: a score no larger is `indistinguishable`. 0: a second reading was the same to the last bit. Null where answers are compared, or where the budget had no room to find out. */
    noise_floor: number[] | null;
    /** Two results with the same key can be compared number by number: they measured the same quantity in the same way. Null compares with nothing: some values are only bounds. */
    comparison_key: string | null;
    notes: string[];
  };
  /** What sampling alone does to values and scores; null where no answers were sampled. */
  noise: {
    /** Answers sampled per mask. */
    repeats: number;
    /** The value of the unchanged call when it is asked again and again, one per target. */
    reference: {
      samples: number;
      mean: number | null;
      /** Standard deviation of a single answer’s value. */
      sd: number | null;
      /** 95 % interval (Wilson) of the mean where values are 0 or 1, otherwise null. */
      interval: [number, number] | null;
    }[];
    /** How large the score of a typical unit can be by sampling noise alone, at the confidence of the intervals; one per target. */
    floor: (number | null)[];
  } | null;
  faithfulness: Faithfulness;
  /** What a search came to; null for methods that make attributions. */
  contrast: {
    /** false: nothing reached the goal, and what is shown is the best attempt. */
    found: boolean;
    /** `differs`: the answer was to change. `keeps`: it was to stay (`reduce`). */
    goal: "differs" | "keeps";
    epsilon: number;
    /** Value of the unchanged call less that of the edited one (its size with `direction` `either`); null where nothing was tried. */
    score: number | null;
    /** In the order of the input. Whatever lies outside them is as it was, byte for byte. */
    edits: {
      /** Index of the unit in `result.units`. */
      unit: number;
      /** Code points of the text that the unit's `at` names, half-open. */
      start: number;
      end: number;
      /** What stood there. */
      from: string;
      /** What stands there now; empty where it was taken away. */
      to: string;
    }[];
    /** The edited call as it was sent; null where nothing was tried. */
    call: Record<string, unknown> | null;
    /** The answer to it; null where there is none, as when the budget had no room to ask for it. */
    completion: string | null;
    /** Whether it was seen that no edit can be taken back; with `reduce`, that nothing more can be taken away. */
    minimal: boolean;
    /** Calls tried, the unchanged one included. */
    evaluations: number;
    /** Further contrasts, none of which edits words that another edits. */
    alternatives: {
      /** Value of the unchanged call less that of the edited one (its size with `direction` `either`); null where nothing was tried. */
      score: number | null;
      /** In the order of the input. Whatever lies outside them is as it was, byte for byte. */
      edits: {
        /** Index of the unit in `result.units`. */
        unit: number;
        /** Code points of the text that the unit's `at` names, half-open. */
        start: number;
        end: number;
        /** What stood there. */
        from: string;
        /** What stands there now; empty where it was taken away. */
        to: string;
      }[];
      /** The edited call as it was sent; null where nothing was tried. */
      call: Record<string, unknown> | null;
      /** The answer to it; null where there is none, as when the budget had no room to ask for it. */
      completion: string | null;
      /** Whether it was seen that no edit can be taken back; with `reduce`, that nothing more can be taken away. */
      minimal: boolean;
    }[];
    /** What a reader should know, in plain words: why nothing was found, what could not be tried. */
    reasons: string[];
  } | null;
  /** Of the method `highlight`; null with every other. */
  highlight: Highlight | null;
  evaluations: {
    planned: number;
    distinct: number;
    asked: number;
    cached: number;
    failed: number;
  };
  usage: Usage;
  stopped_by: "done" | "settled" | "budget" | "cancelled";
  seed: number;
  versions: {
    service: string;
    method: string;
  };
};

export type ResultTarget = {
  index: number;
  kind: string;
  start: number;
  end: number;
  text: string;
};

/** How a changed answer becomes a number. `auto`: the best that the endpoint can feed. */
export type Scorer = {
  id: "auto";
  options?: {
    /** Answers sampled per mask; a value is their mean. null: 1. Where the call samples (its `temperature` is not 0), and for every number above 1, the unchanged call is sampled too, at least 7 times, which gives the noise floor. */
    repeats?: number | null;
  };
} | {
  id: "log-likelihood";
  options?: {
    /** How token log-probabilities become one number. null: as the source of the method has it, else log_prob_sum. */
    transform?: "log_prob_sum" | "log_prob_mean" | "prob_geo_mean" | "prob_prod" | "log_odds" | null;
  };
} | {
  id: "contrast";
  options?: {
    /** What the model could have said in the place of the target. Takes on the whitespace that the target begins with. */
    foil: string;
    /** log_prob_mean divides each side by its number of tokens, for a foil of another length. */
    transform?: "log_prob_sum" | "log_prob_mean";
  };
} | {
  id: "affirmation";
  options?: {
    /** An answer that complies; it is weighed in the place of the completion. */
    text?: string;
  };
} | {
  id: "first-token";
  options?: {
    /** Labels that count for the answer, by their first tokens. []: the completion itself. */
    positive?: string[];
    /** Labels that count against it. []: everything else. */
    negative?: string[];
  };
} | {
  id: "chrf";
  options?: {
    /** Longest character n-gram. */
    max_order?: number;
    /** Recall counts this many times as much as precision. */
    beta?: number;
    /** Whether whitespace counts as characters. */
    whitespace?: boolean;
    /** Answers sampled per mask; a value is their mean. null: 1. Where the call samples (its `temperature` is not 0), and for every number above 1, the unchanged call is sampled too, at least 7 times, which gives the noise floor. */
    repeats?: number | null;
  };
} | {
  id: "rouge-l";
  options?: {
    /** Recall counts this many times as much as precision. */
    beta?: number;
    ignore_case?: boolean;
    ignore_punctuation?: boolean;
    /** Answers sampled per mask; a value is their mean. null: 1. Where the call samples (its `temperature` is not 0), and for every number above 1, the unchanged call is sampled too, at least 7 times, which gives the noise floor. */
    repeats?: number | null;
  };
} | {
  id: "token-f1";
  options?: {
    ignore_case?: boolean;
    ignore_punctuation?: boolean;
    /** Leaves out the English articles a, an and the. */
    ignore_articles?: boolean;
    /** Answers sampled per mask; a value is their mean. null: 1. Where the call samples (its `temperature` is not 0), and for every number above 1, the unchanged call is sampled too, at least 7 times, which gives the noise floor. */
    repeats?: number | null;
  };
} | {
  id: "bleu";
  options?: {
    /** Longest word n-gram. */
    max_order?: number;
    ignore_case?: boolean;
    /** Answers sampled per mask; a value is their mean. null: 1. Where the call samples (its `temperature` is not 0), and for every number above 1, the unchanged call is sampled too, at least 7 times, which gives the noise floor. */
    repeats?: number | null;
  };
} | {
  id: "exact";
  options?: {
    ignore_case?: boolean;
    ignore_punctuation?: boolean;
    /** Ignores whitespace at both ends. */
    trim?: boolean;
    /** Answers sampled per mask; a value is their mean. null: 1. Where the call samples (its `temperature` is not 0), and for every number above 1, the unchanged call is sampled too, at least 7 times, which gives the noise floor. */
    repeats?: number | null;
  };
} | {
  id: "match";
  options?: {
    /** RE2 syntax: the first match is compared. */
    pattern?: string | null;
    /** The value there in a JSON answer is compared. */
    pointer?: string | null;
    /** true: the names of all tools that are called. A name: whether that tool is called. */
    tool_call?: true | string | null;
    ignore_case?: boolean;
    /** Answers sampled per mask; a value is their mean. null: 1. Where the call samples (its `temperature` is not 0), and for every number above 1, the unchanged call is sampled too, at least 7 times, which gives the noise floor. */
    repeats?: number | null;
  };
} | {
  id: "compliance";
  options?: {
    /** Who tells a refusal: lists of patterns, or the judge of the endpoint. */
    told_by?: "patterns" | "judge";
    /** Lists of refusals that are used, by language. null: all. */
    languages?: ("en" | "de" | "fr" | "es" | "it" | "pt" | "nl" | "pl" | "sv" | "ru" | "uk" | "tr" | "ar" | "hi" | "zh" | "ja" | "ko" | "vi" | "id")[] | null;
    /** Further patterns (RE2 syntax) whose match anywhere in an answer is a refusal. */
    refusals?: string[];
    /** A pattern (RE2 syntax) that a complying answer matches. null: every answer that is no refusal complies. */
    compliance?: string | null;
    /** What a refusal is, in words for the judge, which does not see the call. Empty: declining to do what was asked. */
    criteria?: string;
    /** Answers sampled per mask; a value is their mean. null: 1. Where the call samples (its `temperature` is not 0), and for every number above 1, the unchanged call is sampled too, at least 7 times, which gives the noise floor. */
    repeats?: number | null;
  };
} | {
  id: "embedding";
  options?: {
    /** Answers sampled per mask; a value is their mean. null: 1. Where the call samples (its `temperature` is not 0), and for every number above 1, the unchanged call is sampled too, at least 7 times, which gives the noise floor. */
    repeats?: number | null;
  };
} | {
  id: "nli";
  options?: {
    /** Asks in both directions and takes the geometric mean. false: whether the answer entails the target. */
    symmetric?: boolean;
    /** log(p / (1 − p)) instead of p, which spreads what lies near 0 and 1. */
    logit?: boolean;
    /** Answers sampled per mask; a value is their mean. null: 1. Where the call samples (its `temperature` is not 0), and for every number above 1, the unchanged call is sampled too, at least 7 times, which gives the noise floor. */
    repeats?: number | null;
  };
} | {
  id: "contradiction";
  options?: {
    /** Asks in both directions and takes the mean. false: whether the answer contradicts the target. */
    symmetric?: boolean;
    /** Answers sampled per mask; a value is their mean. null: 1. Where the call samples (its `temperature` is not 0), and for every number above 1, the unchanged call is sampled too, at least 7 times, which gives the noise floor. */
    repeats?: number | null;
  };
} | {
  id: "judge";
  options?: {
    /** `grade`: how far the answer says the same as the target. `preference`: P(the answer is preferred to the target), asked in both orders. */
    mode?: "grade" | "preference";
    /** What counts, in words for the judge, which does not see the call. Empty: the same facts and conclusions; for `preference`, correct and complete. */
    criteria?: string;
    /** Steps of a grade, the lowest and the highest included. */
    grades?: number;
    /** Answers sampled per mask; a value is their mean. null: 1. Where the call samples (its `temperature` is not 0), and for every number above 1, the unchanged call is sampled too, at least 7 times, which gives the noise floor. */
    repeats?: number | null;
  };
};

/** How `split` text becomes units. Left out: `sentence`; with the method `highlight` `phrase`. */
export type Segmenter = {
  id: "word";
  options?: {
    /** BCP 47 language tag; fine-tunes the rules, which know every script anyway. */
    locale?: string;
  };
} | {
  id: "phrase";
  options?: {
    /** Language tag; `auto` tells it sentence by sentence. English has a grammar, other languages have rules. */
    language?: string;
    /** Words of the longest phrase; a longer one is cut where it parts best. Code, dates and short quotations stay whole. */
    max_words?: number;
    /** Shorter phrases join a neighbour, as far as `max_words` allows. */
    min_words?: number;
  };
} | {
  id: "sentence";
  options?: {
    /** BCP 47 language tag; fine-tunes the rules, which know every script anyway. */
    locale?: string;
    /** Further abbreviations after which a sentence goes on, with or without their last full stop. */
    abbreviations?: string[];
  };
} | {
  id: "line";
  options?: Record<string, never>;
} | {
  id: "paragraph";
  options?: Record<string, never>;
} | {
  id: "message";
  options?: Record<string, never>;
} | {
  id: "markdown";
  options?: Record<string, never>;
} | {
  id: "pattern";
  options?: {
    /** A regular expression in RE2 syntax. Empty matches are ignored. */
    pattern?: string;
    /** `separator`: a match ends a unit. `unit`: every match is a unit, and so is what lies between two matches. */
    mode?: "separator" | "unit";
  };
};

export type Status = "queued" | "in_progress" | "cancelling" | "completed" | "failed" | "cancelled";

export type Target = {
  kind: "completion";
} | {
  kind: "sentences";
} | {
  kind: "span";
  start: number;
  end: number;
} | {
  kind: "match";
  pattern: string;
} | {
  kind: "json";
  pointer: string;
} | {
  kind: "tool_call";
  name: string;
  pointer?: string;
};

export type Unit = {
  index: number;
  /** The text the unit lies in, e.g. `messages[1].content[0]`. */
  at: string;
  role: string | null;
  start: number;
  end: number;
  text: string;
  level: string;
  /** With `levels`: index of the unit that it was cut from, which stands before it. */
  parent: number | null;
  label: string | null;
  fixed: boolean;
};

export type Usage = {
  /** Evaluations the endpoint was asked, the reference completion and consultations included. */
  calls: number;
  http_requests: number;
  prompt_tokens: number;
  cached_tokens: number;
  completion_tokens: number;
  cost_usd: number | null;
};

/** A notification of the end (Standard Webhooks). */
export type Webhook = {
  /** Told once, when it has ended: a signed POST, see `GET /v1/webhooks/secret`. */
  url: string;
};

/** What is posted to the URL of a webhook, with `webhook-id`, `webhook-timestamp` and `webhook-signature`. */
export type WebhookMessage = {
  /** `explanation.completed`, `.failed` or `.cancelled`; `batch.completed` or `.cancelled`. */
  type: string;
  /** When it ended. */
  timestamp: string;
  data: {
    id: string;
    object: "explanation" | "batch";
    status: "completed" | "failed" | "cancelled";
    /** The batch that the explanation belongs to. */
    batch_id: string | null;
  };
};

/** What the webhooks of the caller are signed with. */
export type WebhookSecret = {
  /** `whsec_` and the key in Base64, as libraries of Standard Webhooks take it. */
  secret: string;
  /** The secret before the last rotation: messages are signed with both until it expires. */
  previous: {
    /** `whsec_` and the key in Base64, as libraries of Standard Webhooks take it. */
    secret: string;
    expires_at: string;
  } | null;
};
