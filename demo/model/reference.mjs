// Independent check in plain JavaScript (no dependencies): reads model.safetensors, config.json, tokenizer.json and
// compares with golden_logits.json.   node reference.mjs
// It doubles as a reference for other implementations: tokenizer and forward pass below are complete.
import { readFileSync } from "node:fs";
const at = (f) => new URL(f, import.meta.url);
const json = (f) => JSON.parse(readFileSync(at(f), "utf8"));
const cfg = json("config.json"), tk = json("tokenizer.json");

// ---- tokenizer ----
const PRE = new RegExp(tk.pre_tokenizer, "gu");
const wordId = new Map(tk.words.map((w, i) => [w, tk.word_offset + i]));
const specialId = new Map(tk.specials.map((s, i) => [s, i]));
const SPECIAL = /(<\|(?:begin|end|system|user|assistant|pad)\|>)/;
const utf8 = new TextEncoder();
export function encode(text) {                       // plain text
  const out = [];
  for (const [p] of text.matchAll(PRE)) {
    const id = wordId.get(p);
    if (id !== undefined) out.push(id);
    else for (const b of utf8.encode(p)) out.push(tk.byte_offset + b);
  }
  return out;
}
export function encodePrompt(prompt) {               // text with special tokens; <|begin|> goes in front
  const out = [cfg.bos_token_id];
  for (const part of prompt.split(SPECIAL)) out.push(...(specialId.has(part) ? [specialId.get(part)] : encode(part)));
  return out;
}

// ---- weights ----
const raw = readFileSync(at("model.safetensors"));
const hl = Number(raw.readBigUInt64LE(0)), head = JSON.parse(raw.subarray(8, 8 + hl).toString());
const W = (name) => {
  const [a, b] = head[name].data_offsets, n = (b - a) / 2, out = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const h = raw.readUInt16LE(8 + hl + a + 2 * i), s = h >> 15 ? -1 : 1, e = (h >> 10) & 31, f = h & 1023;
    out[i] = e ? s * 2 ** (e - 15) * (1 + f / 1024) : s * 2 ** -14 * (f / 1024);
  }
  return out;
};
const D = cfg.hidden_size, FF = cfg.intermediate_size, H = cfg.num_attention_heads, HD = cfg.head_dim, L = cfg.num_hidden_layers;
const E = W("model.embed_tokens.weight"), NORM = W("model.norm.weight");
const layers = Array.from({ length: L }, (_, i) => {
  const p = `model.layers.${i}.`, w = (n) => W(p + n + ".weight");
  return { n1: w("input_layernorm"), q: w("self_attn.q_proj"), k: w("self_attn.k_proj"), v: w("self_attn.v_proj"), o: w("self_attn.o_proj"),
           n2: w("post_attention_layernorm"), g: w("mlp.gate_proj"), u: w("mlp.up_proj"), d: w("mlp.down_proj"), K: [], V: [] };
});
const mv = (w, x, rows) => {                         // w is [rows, x.length], row-major
  const n = x.length, y = new Float32Array(rows);
  for (let r = 0; r < rows; r++) { let s = 0; for (let c = 0, o = r * n; c < n; c++) s += w[o + c] * x[c]; y[r] = s; }
  return y;
};
const rms = (x, w) => {
  let s = 0; for (const v of x) s += v * v;
  const r = 1 / Math.sqrt(s / x.length + cfg.rms_norm_eps);
  return x.map((v, i) => v * r * w[i]);
};
const rope = (x, pos) => {                           // HF "rotate half": pairs (i, i + HD/2) inside each head
  for (let h = 0; h < H; h++) for (let i = 0; i < HD / 2; i++) {
    const a = pos * cfg.rope_theta ** (-2 * i / HD), c = Math.cos(a), s = Math.sin(a), p = h * HD + i, q = p + HD / 2, A = x[p], B = x[q];
    x[p] = A * c - B * s; x[q] = B * c + A * s;
  }
};
export const reset = () => layers.forEach((l) => { l.K.length = 0; l.V.length = 0; });
export function step(id) {                           // one token in, log-probabilities of the next out (KV cache inside)
  let x = E.slice(id * D, id * D + D);
  for (const l of layers) {
    const h = rms(x, l.n1), q = mv(l.q, h, D), k = mv(l.k, h, D), v = mv(l.v, h, D), pos = l.K.length, y = new Float32Array(D);
    rope(q, pos); rope(k, pos); l.K.push(k); l.V.push(v);
    for (let hd = 0; hd < H; hd++) {
      const o = hd * HD, a = l.K.map((kk) => { let s = 0; for (let i = 0; i < HD; i++) s += q[o + i] * kk[o + i]; return s / Math.sqrt(HD); });
      const m = Math.max(...a); let z = 0;
      for (let t = 0; t < a.length; t++) z += a[t] = Math.exp(a[t] - m);
      for (let t = 0; t < a.length; t++) for (let i = 0; i < HD; i++) y[o + i] += (a[t] / z) * l.V[t][o + i];
    }
    const ao = mv(l.o, y, D); x = x.map((e, i) => e + ao[i]);
    const h2 = rms(x, l.n2), g = mv(l.g, h2, FF), u = mv(l.u, h2, FF);
    const dn = mv(l.d, g.map((e, i) => (e / (1 + Math.exp(-e))) * u[i]), D); x = x.map((e, i) => e + dn[i]);
  }
  const z = mv(E, rms(x, NORM), cfg.vocab_size);
  let m = -Infinity; for (const e of z) if (e > m) m = e;
  let s = 0; for (const e of z) s += Math.exp(e - m);
  const ls = m + Math.log(s);
  return z.map((e) => e - ls);
}

// ---- check ----
const G = json("golden_logits.json");
let bad = 0, worst = 0;
for (const c of G.tokenizer_cases) if (JSON.stringify(encode(c.text)) !== JSON.stringify(c.ids)) { bad++; console.log("tokenizer differs:", JSON.stringify(c.text)); }
for (const p of G.prompts) {
  const ids = encodePrompt(p.prompt);
  if (JSON.stringify(ids) !== JSON.stringify(p.prompt_ids)) { bad++; console.log("prompt ids differ:", p.id); }
  reset();
  const t0 = performance.now();
  let lp; for (const id of ids) lp = step(id);
  p.steps.forEach((s) => { worst = Math.max(worst, Math.abs(lp[s.token] - s.logprob)); lp = step(s.token); });
  console.log(p.id, ids.length, "tokens,", Math.round(performance.now() - t0), "ms");
}
const rows = readFileSync(at("eval.jsonl"), "utf8").trim().split("\n").map((l) => JSON.parse(l)).filter((_, i) => i % 10 === 0);
let same = 0;
for (const r of rows) {
  reset();
  let lp; for (const id of encodePrompt(r.prompt)) lp = step(id);
  const bytes = [];
  for (let i = 0; i < 32; i++) {
    const id = lp.indexOf(Math.max(...lp));
    if (id === cfg.eos_token_id) break;
    bytes.push(...(id >= tk.word_offset ? utf8.encode(tk.words[id - tk.word_offset]) : [id - tk.byte_offset])); lp = step(id);
  }
  same += new TextDecoder().decode(Uint8Array.from(bytes)) === r.model_answer;
}
console.log(`tokenizer/prompt differences: ${bad}; max |logprob difference| ${worst.toExponential(2)}; greedy answers equal to torch: ${same}/${rows.length}`);
