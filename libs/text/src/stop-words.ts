/** Frequent small words of languages in Latin script, in lower case, by BCP 47 tag. A word may belong to several. */
const wordsByLanguage: Readonly<Record<string, string>> = {
  en: "a the of and to in is that it for you with on as are this be at have from or an by not what which can how was were do does your will would should could please if their there has had about into my we they i who when where why than then many much between using given write following",
  de: "der die das und ist nicht ein eine einen einem zu mit auf für den dem des sich auch wie ich sie wir er es im von bei aus werden wurde kann sind oder als was wird nach bitte wenn über",
  fr: "est le la les des et une un du dans que qui pour pas sur avec plus ce cette sont par au aux vous nous je il elle ne se ou mais comment quel quelle votre être faire",
  es: "el los las de que en un una por con para es del al lo como más pero sus le ya este sí porque esta cuando muy sin sobre también qué cuál cómo",
  it: "il lo la gli di che è un una per con non sono del della dei nel alla si anche più ma questo questa cosa perché quale delle",
  pt: "os de que em um uma para com não é por do da dos das no na mais como mas ao foi ele são você seu sua ou qual quais isso",
  nl: "is wat hoe de het een en van dat niet te op zijn met voor aan ook als maar om hij wordt bij naar uit kan ik deze dit welke",
  pl: "w z nie na się jest że jak po ale od za przez czy dla są jego który która oraz można",
  cs: "protože nebo v z k se ve na je že jak ale za pro jsem po co jako už podle tak jsou nebo která který",
  sv: "och att det på är av för med till inte om ett han var jag från vi så kan hur vad eller",
  tr: "ve bir bu için ile olarak çok daha gibi olan kadar ama en var mı mi değil nasıl nedir ben sen",
  vi: "và của là có không được cho một những các với trong này người để đã khi như từ về",
  id: "yang dan ini itu dengan untuk tidak dari adalah ke pada dalam akan bisa juga saya apa bagaimana",
};

/** Word to the tags of the languages it is a stop word of. */
export const stopWords: ReadonlyMap<string, readonly string[]> = (() => {
  const languages = new Map<string, string[]>();
  for (const [language, words] of Object.entries(wordsByLanguage)) {
    for (const word of words.split(" ")) {
      const known = languages.get(word);
      if (known) known.push(language);
      else languages.set(word, [language]);
    }
  }
  return languages;
})();
