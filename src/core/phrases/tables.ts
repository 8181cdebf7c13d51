/*
 * Small words of the main languages, for the rules that need no grammar.
 *
 * opens   begins a phrase and belongs to what follows: prepositions, conjunctions, relative words
 * starts  begins a group, alone or behind such a word: articles, pronouns, auxiliaries
 * ends    ends a phrase: postpositions and particles
 * suffix  a word that ends so ends a phrase (Korean), but for the words of `goesOn`
 */
export interface Table {
  opens: ReadonlySet<string>;
  starts: ReadonlySet<string>;
  ends: ReadonlySet<string>;
  suffix?: RegExp;
  goesOn?: RegExp;
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/).filter((word) => word !== ''));
const table = (opens: string, starts: string, ends = ''): Table => ({ opens: set(opens), starts: set(starts), ends: set(ends) });

const PARTICLES = '은|는|이|가|을|를|에|도|에서|에게|에는|에도|께서|께|한테|으로|로|와|과|까지|부터|보다|처럼|만';
const ENDINGS = '고|며|면|지만|면서|니까|아서|어서|해서|라서|려고|는데|도록';

const KOREAN: Table = {
  ...table(
    '그리고 그러나 하지만 그런데 그래서 따라서 또는 또한 혹은 즉 왜냐하면 만약 만일 비록',
    '',
  ),
  suffix: new RegExp(`\\p{L}(?:${PARTICLES}|${ENDINGS})$`, 'u'),
  // endings that make a verb the attribute of the noun behind it
  goesOn: /(?:하는|있는|없는|되는|않는|같은|많은|좋은|높은|작은|큰|않은|했던|모든|여러|새로운)$/u,
};

const ARABIC_OPENS = `
  في من إلى على عن مع بين حتى منذ عند بعد قبل تحت فوق ضد خلال حول لدى أو و ثم لكن ولكن بل أن إن لأن كما إذا لو حيث الذي
  التي الذين ما الذى`;
const HINDI_OPENS = 'और या एवं तथा लेकिन मगर परन्तु परंतु किंतु कि क्योंकि जो जब अगर यदि तो ताकि इसलिए जिसे जिसमें';

const NORWEGIAN = table(
  `
    i på av til fra med for om ved mellom under over etter før uten gjennom mot hos ifølge siden og eller men at som
    når hvor hvis fordi mens hvordan hvorfor hva hvem hvilken`,
  `
    en ei et den det de denne dette disse min mitt mine din ditt sin sitt sine hans hennes vår jeg du han hun vi man
    er var har hadde skal skulle kan kunne må blir ble ikke`,
);

/** By the first subtag of the language. English is the fallback of its own grammar. */
export const TABLES: Readonly<Record<string, Table>> = {
  en: table(
    `
      of in on at by for with from into onto over under between among through during before after about against without
      within toward towards across behind beyond near since until upon via per despite to as than like and or but nor
      because if when while although though unless whether where who whom whose which that what why how so`,
    `
      the a an this these those my your his its our their i he she it we they you is are was were am be been has have
      had do does did will would can could shall should may might must not`,
  ),
  de: table(
    `
      in im ins an am ans auf aus bei beim bis durch für gegen hinter mit nach neben ohne seit trotz über um unter von
      vom vor während wegen zu zum zur zwischen gegenüber innerhalb außerhalb statt laut gemäß und oder aber sondern
      denn sowie weil dass daß wenn als ob obwohl damit nachdem bevor falls sobald solange wie wo warum wer was welche
      welcher welches welchen`,
    `
      der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner mein meine sein seine ihr
      ihre unser unsere dieser diese dieses diesen diesem ich du er sie es wir man ist sind war waren wird werden wurde
      wurden hat haben hatte hatten kann können konnte muss müssen soll sollen will wollen darf bin bist wäre würde`,
  ),
  fr: table(
    `
      de du des d' à au aux en dans sur sous pour par avec sans chez entre vers depuis pendant contre avant après selon
      malgré parmi dès et ou mais donc or ni car que qu' qui dont où quand lorsque lorsqu' si comme puisque puisqu'
      parce quoique afin tandis quel quelle quels quelles pourquoi comment`,
    `
      le la les l' un une ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs je j' tu il
      elle on nous vous ils elles c' ne n' se s' est sont était étaient a ont avait avaient sera seront peut peuvent
      doit doivent fait ai suis as es`,
  ),
  es: table(
    `
      de del a al en con por para sin sobre entre hasta desde hacia según durante contra ante bajo tras mediante y e o u
      pero sino ni que quien quienes cuyo cuya donde cuando como porque aunque si mientras pues cual cuales qué quién
      dónde cuándo cómo`,
    `
      el la los las lo un una unos unas este esta estos estas ese esa esos esas mi mis tu tus su sus nuestro nuestra yo
      él ella nosotros ellos ellas usted ustedes se no es son era eran fue fueron está están ha han había hay puede
      pueden debe deben ser será`,
  ),
  it: table(
    `
      di del dello della dei degli delle dell' a al allo alla ai agli alle all' da dal dallo dalla dai dagli dalle dall'
      in nel nello nella nei negli nelle nell' con su sul sullo sulla sui sugli sulle sull' per tra fra senza verso
      durante contro dopo prima e ed o oppure ma però né che chi cui dove quando come perché se mentre sebbene quale
      quali`,
    `
      il lo la i gli le l' un uno una un' questo questa questi queste quello quella mio mia tuo suo sua nostro vostro
      loro io tu lui lei noi voi si non è sono era erano ha hanno aveva può possono deve devono fu viene vengono c'`,
  ),
  pt: table(
    `
      de do da dos das em no na nos nas a ao à aos às com por pelo pela pelos pelas para sem sobre entre até desde
      contra segundo durante após perante e ou mas nem que quem cujo cuja onde quando como porque embora se enquanto
      pois qual quais`,
    `
      o os as um uma uns umas este esta estes estas esse essa isso isto meu minha seu sua nosso nossa eu ele ela nós
      eles elas você vocês não é são era eram foi foram está estão tem têm tinha há pode podem deve devem ser será`,
  ),
  nl: table(
    `
      van in op aan met voor door bij naar uit over onder tussen tegen tot na sinds tijdens zonder om te binnen buiten
      volgens wegens en of maar want noch dat die wat wie waar wanneer als omdat hoewel terwijl zodat indien hoe waarom
      toen doordat`,
    `
      de het een deze dit mijn jouw zijn haar ons onze hun geen ik jij je hij zij ze wij we jullie er is was waren wordt
      worden werd werden heeft hebben had hadden kan kunnen moet moeten zal zullen wil niet`,
  ),
  sv: table(
    `
      i på av till från med för om vid mellan under över efter före utan genom mot hos enligt sedan och eller men utan
      att som när där om eftersom medan fast hur varför vad vem vilken vilket`,
    `
      en ett den det de denna detta dessa min mitt mina din ditt sin sitt sina hans hennes vår jag du han hon vi ni man
      är var har hade ska skulle kan kunde måste blir blev inte`,
  ),
  da: table(
    `
      i på af til fra med for om ved mellem under over efter før uden gennem mod hos ifølge siden og eller men at som
      der når hvor hvis fordi mens hvordan hvorfor hvad hvem hvilken`,
    `
      en et den det de denne dette disse min mit mine din dit sin sit sine hans hendes vores jeg du han hun vi man er
      var har havde skal skulle kan kunne må bliver blev ikke`,
  ),
  no: NORWEGIAN,
  nb: NORWEGIAN,
  nn: NORWEGIAN,
  pl: table(
    `
      w we na z ze do od dla przez przy po pod nad przed za między bez u o ku według podczas i oraz lub albo ale lecz a
      że który która które którzy którego którym gdy kiedy jeśli jeżeli ponieważ bo aby żeby gdzie jak chociaż czy co
      kto`,
    `
      ten ta to te ci mój moja twój jego jej nasz ich ja ty on ona ono my wy oni nie jest są był była było były będzie
      będą może mogą ma mają się`,
  ),
  ru: table(
    `
      в во на с со к ко из от до для о об по при за над под перед между через без у около после против ради и или но а
      либо что чтобы который которая которое которые которого которой которых когда если потому хотя где как так пока
      кто чей ли`,
    `
      этот эта это эти тот та те мой моя мои твой его её ее их наш ваш свой я ты он она оно мы вы они не был была было
      были будет будут есть может могут должен должны`,
  ),
  ar: table(ARABIC_OPENS, 'هذا هذه ذلك تلك هو هي هم كان كانت يكون لا لم لن ليس قد سوف'),
  hi: table(HINDI_OPENS, '', 'में से को ने पर तक लिए साथ द्वारा'),
  tr: table('ve veya ya ama fakat ancak çünkü ki eğer', '', 'için gibi kadar ile göre sonra önce'),
  zh: table(
    `
      和 与 與 及 以及 或 或者 还是 還是 而 而且 并 并且 並且 但 但是 可是 不过 不過 然而 因为 因為 所以 因此 如果 虽然 雖然 尽管 即使 只要 只有 除非 当 當 在 从 從 对 對 对于 對於 关于 關於
      把 被 向 给 給 为了 為了 通过 通過 根据 根據 按照 由 由于 由於 跟 比 除了`,
    '是 有 没有 沒有 会 會 能 能够 可以 可能 应该 應該 必须 必須 要 想 不 没 也 都 就 已经 已經 正在 将 將 这 這 那 这个 這個 那个 那個 这些 那些 我 你 您 他 她 它 我们 我們 你们 他们 他們 她们',
  ),
  ja: table(
    'そして しかし また または あるいは だから したがって それで ただし つまり 例えば たとえば もし なお さらに 及び および',
    '',
    'は が を に で へ と も から まで より や ので のに けど けれど けれども ながら ば たら なら には では とは からは までに にも でも への との',
  ),
  ko: KOREAN,
  th: table(`
    และ หรือ แต่ เพราะ เนื่องจาก ที่ ซึ่ง อัน ว่า ใน จาก กับ แก่ เพื่อ ถ้า หาก เมื่อ โดย สำหรับ ของ บน ใต้ ระหว่าง จน
    ดังนั้น จึง ตาม ด้วย`, 'เป็น คือ มี ได้ ไม่ จะ กำลัง ต้อง ควร สามารถ เคย ถูก'),
};
