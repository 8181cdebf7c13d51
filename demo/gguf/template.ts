/**
 * The chat template (Jinja), which renders as `renderChat` does but for `<|begin|>`, which the server puts in front: a
 * turn is its opening token, its text and `<|end|>`; parts of a text are joined by a newline where neither side of the
 * boundary has one, and empty parts leave no trace.
 */
export const CHAT_TEMPLATE = [
  '{%- for message in messages -%}',
  "{%- set role = 'system' if message['role'] == 'developer' else message['role'] -%}",
  "{%- set said = namespace(text='') -%}",
  "{%- if message['content'] is string -%}{%- set said.text = message['content'] -%}",
  "{%- else -%}{%- for part in message['content'] -%}",
  "{%- if said.text == '' or part['text'] == '' or said.text.endswith('\\n') or part['text'].startswith('\\n') -%}",
  "{%- set said.text = said.text + part['text'] -%}",
  "{%- else -%}{%- set said.text = said.text + '\\n' + part['text'] -%}{%- endif -%}",
  '{%- endfor -%}{%- endif -%}',
  "{{- '<|' + role + '|>' + said.text + '<|end|>' -}}",
  '{%- endfor -%}',
  "{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}",
].join('');
