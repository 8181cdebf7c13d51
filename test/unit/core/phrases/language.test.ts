import { expect, it } from 'vitest';
import { languageOf } from '../../../../src/core/phrases/language.ts';
import { tokensOf } from '../../../../src/core/phrases/tokens.ts';

it.each([
  ['The cat sat on the mat.', 'en'],
  ['Er wohnt in Berlin.', 'de'],
  ["L'homme est dans la maison.", 'fr'],
  ['El niño no quiere comer.', 'es'],
  ['Non è vero che piove.', 'it'],
  ['O menino não quer comer.', 'pt'],
  ['Het kind wil niet eten.', 'nl'],
  ['Barnet vill inte äta något.', 'sv'],
  ['Han er ikke hjemme nu, fordi han arbejder.', 'da'],
  ['Han er ikke hjemme nå, fordi han ikke må jobbe etter skolen.', 'no'],
  ['Dziecko nie chce się bawić.', 'pl'],
  ['Ребёнок не хочет есть.', 'ru'],
  ['孩子不想吃饭。', 'zh'],
  ['子供は東京に行った。', 'ja'],
  ['아이는 집에 갔다.', 'ko'],
  ['เด็กไม่อยากกินข้าว', 'th'],
  ['الولد لا يريد أن يأكل', 'ar'],
  ['बच्चा घर में है', 'hi'],
  ['OK', 'en'],
  ['Überraschung!', ''],
  ['Καλημέρα', ''],
  ['ສະບາຍດີ', ''],
  ['తెలుగు భాష', ''],
  ['42', 'en'],
])('%s: %s', (text, expected) => {
  expect(languageOf(text, tokensOf(text, 8))).toBe(expected);
});
