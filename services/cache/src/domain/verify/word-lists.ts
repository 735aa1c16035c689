import { canonicalRoot } from "@switchyard/text";

const words = (text: string): string[] => text.trim().split(/\s+/);
const rootsOf = (text: string): ReadonlySet<string> => new Set(words(text).map(canonicalRoot));

/** Words that carry no subject matter. */
export const functionWords: ReadonlySet<string> = rootsOf(`
i you we it its this that these those there here my your our their his her he she him they them me us one ones
be do have can could will would should may might must shall ought am
of to in on at for with by from into onto about as than per via within towards through across
and or but if then so because while whether though although when where what which who whom whose how why
any some no not never very too just also even still yet really actually truly indeed simply basically literally honestly
certainly definitely genuinely seriously please else such like up out off over there's own other another same
something anything someone anyone somebody anybody people everyone thing stuff way
want need like know tell say make let go come take put
each every both more most less least only all before after without during until since under above below between against
more much many lot few little now then again ever always often usually currently exactly best good better mean`);

/** Function words that turn a question into another one where only one of two texts holds them. */
export const operators: ReadonlySet<string> = rootsOf(
  "before after without until since under above below between against only all every both most least more less never ever always again still yet while during",
);

export const negations: ReadonlySet<string> = rootsOf("not no never without none neither nor nobody nothing nowhere");

/** Prepositions that say what part a word plays. */
export const governors: ReadonlySet<string> = rootsOf(
  "from to in on for with by at into onto about of between than as against over under before after without via per",
);

/** Governors between equals: what stands on either side of them may change places. */
export const symmetricGovernors: ReadonlySet<string> = rootsOf("with and or between difference compare vs versus");
export const symmetricWords: ReadonlySet<string> = rootsOf(
  "friend married marry engaged related connected similar close equal identical difference different compare equivalent linked same distance vs versus",
);

const opposites = `
increase decrease; maximum minimum; buy sell; lend borrow; deposit withdraw; open close; start stop; begin finish; enable disable;
activate deactivate; login logout; upload download; import export; send receive; push pull; lock unlock; block unblock; hide show;
add remove; create remove; install remove; insert remove; include exclude; accept decline; approve decline; hire fire; win lose; gain lose;
find lose; remember forget; before after; above below; over under; more less; most least; first last; next previous; next last; oldest newest; old new; old young;
cheap expensive; cheapest expensive; fast slow; fastest slowest; big small; biggest smallest; largest smallest; long short; longest shortest; tall short; highest lowest; high low; higher lower;
high short; heavy light; hot cold; hottest coldest; warm cold; wet dry; early late; earliest latest; day night; morning evening; am pm; left right; top bottom; upper lower; north south;
east west; inside outside; internal external; indoor outdoor; input output; incoming outgoing; inbound outbound; credit debit; asset liability;
profit loss; revenue cost; income expense; gross net; fixed variable; public private; personal business; domestic international; local remote; online offline; client server;
male female; man woman; boy girl; husband wife; father mother; brother sister; son daughter; uncle aunt; king queen; girlfriend boyfriend; parent child; teacher student; employee employer; buyer seller; doctor patient; tenant landlord; lender borrower; 
sender recipient; good bad; best worst; better worse; happy sad; love hate; like dislike; agree disagree; true false; right wrong; possible impossible; legal illegal; safe dangerous; healthy unhealthy;
rich poor; strong weak; easy hard; hard soft; positive negative; optimistic pessimistic; benefit drawback; success failure; succeed crash; pass crash; alive dead; life death; live die; birth death; born die; arrival departure; arrive depart; arrive leave;
enter exit; inner outer; full empty; full partial; full-time part-time; manual automatic; manually automatically; temporary permanent; temporarily permanently; free paid; same different; always never; all none; with without; on off; up down; upgrade downgrade;
encrypt decrypt; encode decode; compress decompress; serialize deserialize; mount unmount; connect disconnect; attach detach; subscribe unsubscribe; register unsubscribe; follow unfollow; expand collapse; zoom shrink; ascending descending; horizontal vertical; row column;
minimize maximize; hotter colder; warmer cooler; heat cool; freeze thaw; wake sleep; sunrise sunset; summer winter; import export; supply demand; question answer; cause effect; prefix suffix; singular plural; past future; today tomorrow; today yesterday; yesterday tomorrow;
introvert extrovert; in out; inside out; all some; payable receivable; actual nominal; real nominal; employee employer; import buy; restart reset;  passive active; defensive offensive; sober drunk; visible invisible; polite rude; brave cowardly; humble arrogant; optimist pessimist; religious secular; conservative liberal; progressive conservative; guilty innocent; win lose; victory defeat; attack defend; war peace; enemy friend;
earn lose; earn spend; save spend; freshman senior; junior senior; major minor; majority minority; inhale exhale; rise fall; ascend descend; forward backward; clockwise counterclockwise; read write; merge split; lead follow; cancel renew; cancel order; cancel book; pause resume; mute unmute; renew cancel; extend shorten; raise lower; allow forbid; allow block; permit prohibit; require optional; mandatory optional; verified unverified; valid invalid; known unknown; complete incomplete; correct incorrect; direct indirect; regular irregular; simple compound; deep shallow; wide narrow; thick thin; loud quiet; clean dirty; smooth rough; tight loose; sharp blunt; near far; nearest farthest; beginner advanced; wholesale retail; checking savings; current savings; long-term short-term; bull bear; call put; refinance pay; reject approve; charge refund`;

/** To every word those whose presence instead of it turns the question round. */
export const oppositesOf: ReadonlyMap<string, ReadonlySet<string>> = (() => {
  const found = new Map<string, Set<string>>();
  const put = (from: string, to: string) => found.set(from, (found.get(from) ?? new Set()).add(to));
  for (const pair of opposites.split(";")) {
    const [a, b] = words(pair).map(canonicalRoot);
    if (!a || !b || a === b) continue;
    put(a, b);
    put(b, a);
  }
  return found;
})();

const categories: Readonly<Record<string, string>> = {
  country: `usa uk india china russia japan france germany spain italy canada australia mexico brazil pakistan ireland iceland
    england scotland wales netherlands dutch belgium switzerland swiss austria sweden swedish norway norwegian denmark danish finland finnish
    poland polish portugal portuguese greece greek turkey turkish egypt israel iran iraq syria ukraine argentina chile peru colombia
    venezuela cuba korea vietnam thailand indonesia malaysia singapore philippines taiwan bangladesh nepal srilanka afghanistan
    kenya nigeria ghana ethiopia morocco algeria tunisia africa europe asia hungary romania bulgaria croatia serbia czech slovakia`,
  city: `london paris berlin rome madrid barcelona moscow tokyo beijing shanghai delhi mumbai bangalore chennai kolkata hyderabad
    pune nyc boston chicago washington seattle denver dallas houston austin atlanta miami philadelphia phoenix la sf oakland
    sandiego detroit baltimore pittsburgh minneapolis orlando charlotte cleveland toronto montreal vancouver sydney melbourne
    dubai istanbul cairo vienna zurich geneva munich hamburg frankfurt amsterdam brussels dublin lisbon prague warsaw budapest athens
    stockholm oslo copenhagen helsinki seoul bangkok manila jakarta karachi lahore hongkong milan venice florence edinburgh manchester`,
  state: `california texas florida illinois ohio michigan georgia virginia arizona colorado oregon nevada utah alabama alaska hawaii
    massachusetts pennsylvania minnesota wisconsin missouri maryland tennessee kentucky louisiana oklahoma kansas iowa`,
  day: "monday tuesday wednesday thursday friday saturday sunday weekday weekend",
  month: "january february march april may june july august september october november december",
  quarter: "q1 q2 q3 q4",
  season: "spring summer autumn winter",
  moment: "today tomorrow yesterday tonight now",
  period:
    "second minute hour day week month year decade century quarter daily weekly monthly yearly annually annual hourly",
  daytime: "morning noon afternoon evening night midnight",
  ordinal: "first second third fourth fifth sixth seventh eighth ninth tenth last",
  length: "km kilometer kilometre mile meter metre centimeter cm mm millimeter inch foot ft yard",
  mass: "kg kilogram gram g mg milligram lb lbs pound ounce ton stone",
  volume: "liter litre gallon ml cup teaspoon tablespoon pint quart",
  degree: "celsius fahrenheit kelvin",
  storage: "kb mb gb tb byte bit kilobyte megabyte gigabyte terabyte",
  currency:
    "dollar euro pound yen rupee franc yuan peso won ruble usd eur gbp jpy inr chf cny bitcoin ethereum litecoin dogecoin",
  colour: "red blue green yellow black white orange purple pink brown grey gray silver",
  language: `english french german spanish italian portuguese russian chinese mandarin cantonese japanese korean arabic hindi dutch
    swedish polish turkish greek latin hebrew`,
  code: `python java javascript typescript rust golang go kotlin swift scala ruby php perl haskell c c++ c# r matlab sql html css
    bash powershell`,
  framework: "react angular vue svelte django flask rails laravel spring node express nextjs jquery",
  database: "postgres mysql mongodb redis sqlite oracle cassandra mariadb elasticsearch dynamodb",
  system: "windows linux macos mac ubuntu debian fedora android ios iphone ipad chromebook",
  cloud: "aws azure gcp heroku",
  company: `google microsoft apple amazon facebook meta twitter instagram whatsapp snapchat tiktok linkedin youtube netflix uber
    lyft airbnb tesla ford toyota honda bmw audi mercedes samsung sony nokia intel amd nvidia ibm oracle paypal venmo stripe quora reddit
    yahoo gmail outlook walmart target costco starbucks flipkart infosys tcs wipro accenture spotify ebay`,
  brand: "visa mastercard amex discover maestro",
  account: "checking savings current brokerage joint business",
  creditkind: "mortgage overdraft creditcard debitcard loan lease",
  tender: "cash cheque transfer wire paypal venmo",
  cardkind: "creditcard debitcard prepaid virtual physical",
  investment: "stock bond etf gold silver option future commodity crypto",
  plan: "ira 401k roth pension annuity",
  taxkind: "vat gst income sales property capital estate payroll",
  insurance: "health car auto home life travel dental pet renters flood",
  animal: `dog cat horse cow pig chicken bird fish rabbit hamster snake lizard turtle spider rat mouse duck goat sheep owl parrot snail
    iguana frog monkey lion tiger bear wolf fox elephant whale shark bee ant`,
  body: `head neck shoulder arm elbow wrist hand finger thumb chest back stomach hip leg knee ankle foot toe heel eye ear nose mouth
    tooth tongue throat heart lung liver kidney brain skin body`,
  family:
    "mother father sister brother son daughter uncle aunt cousin grandmother grandfather wife husband niece nephew",
  meal: "breakfast lunch dinner brunch",
  food: `apple banana orange grape mango rice pasta bread potato egg milk cheese butter beef pork chicken tuna salmon coffee tea beer
    wine pizza burger salad soup chocolate vanilla carrot onion garlic sugar salt honey`,
  sport: "soccer football basketball baseball tennis golf cricket hockey rugby volleyball swimming running boxing",
  instrument: "guitar piano violin drum flute trumpet saxophone cello",
  planet: "mercury venus earth mars jupiter saturn uranus neptune pluto moon sun",
  religion: "christian muslim jewish hindu buddhist catholic atheist islam christianity judaism hinduism buddhism",
  science:
    "physics chemistry biology mathematics geology astronomy psychology sociology economics history geography philosophy law medicine",
  job: `doctor nurse lawyer engineer teacher accountant architect actor author writer artist journalist editor producer director
    manager analyst scientist programmer developer designer pilot chef waiter police soldier president minister mayor governor senator
    secretary historian economist investor photographer interpreter intern entrepreneur executive consultant advisor assistant agent
    educator administrator organizer auditor model activist ceo cfo cto coo`,
  disease:
    "flu cold cancer diabetes asthma malaria covid pneumonia hepatitis hiv aids ebola measles arthritis depression anxiety migraine",
  drug: "ibuprofen aspirin paracetamol acetaminophen tylenol advil penicillin amoxicillin insulin metformin antibiotic",
  vehicle: "car bus train plane bicycle motorcycle boat ship truck taxi subway tram flight",
  room: "kitchen bedroom bathroom livingroom garage garden office basement hallway attic",
  document: "passport visa licence license invoice receipt contract certificate ticket",
  contact: "email phone address name username password pin number",
  device: "phone laptop tablet tv printer router camera watch keyboard mouse monitor",
  network: "wifi bluetooth vpn ethernet 3g 4g 5g",
  verb: "http https ftp ssh smtp tcp udp",
  command: "push pull commit merge rebase fetch clone checkout stash",
  environment: "production staging development test prod dev",
  severity: "critical high medium low",
  tier: "free basic standard premium pro enterprise",
  role: "admin user guest editor viewer owner",
  state2: "hired fired promoted resigned",
  compass: "north south east west",
};

/** Names of the categories that a word stands for a member of. */
export const categoriesOf: ReadonlyMap<string, readonly string[]> = (() => {
  const found = new Map<string, string[]>();
  for (const [category, members] of Object.entries(categories)) {
    for (const root of rootsOf(members)) found.set(root, [...(found.get(root) ?? []), category]);
  }
  return found;
})();
