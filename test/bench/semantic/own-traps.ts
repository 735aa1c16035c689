import { readFileSync } from "node:fs";
import type { PairRow } from "./read-files.ts";

/** Pairs written one by one: twins, and paraphrases of which most should be served. Not used in training. */
const written = new URL("./own-traps.txt", import.meta.url);

/**
 * Questions that look alike and need different answers, made from frames and the values that fill them: not used in training. Their values
 * are meant to be others than those of the lists the verifier knows, as well as the same.
 */
const frames: Readonly<Record<string, { readonly frames: readonly string[]; readonly values: readonly string[] }>> = {
  number: {
    frames: [
      "What happens if I pay ~ days late?",
      "Show me the top ~ results",
      "How do I split a bill between ~ people?",
      "Book a room for ~ guests",
    ],
    values: ["2", "3", "12", "21", "three", "twenty one", "100", "1,000", "0.5"],
  },
  id: {
    frames: ["What is the status of ticket ~?", "Refund order ~", "Who owns account ~?", "Open incident ~ again"],
    values: ["A-1041", "A-1014", "#88213", "#88231", "INV-2041", "INV-2014", "9f3a", "9f3b", "DE89 3704", "DE89 3705"],
  },
  version: {
    frames: ["How do I upgrade to version ~?", "What is new in release ~?", "Is ~ still supported?"],
    values: ["3.1", "3.10", "3.11", "v2", "v3", "2.0.1", "2.0.10", "Python 3.8", "Python 3.9"],
  },
  date: {
    frames: ["What was the revenue on ~?", "Which meetings do I have on ~?", "Cancel my booking for ~"],
    values: [
      "March 3",
      "March 13",
      "May 3",
      "3 April 2021",
      "3 April 2022",
      "Monday",
      "Thursday",
      "2024-01-02",
      "2024-02-01",
      "the 5th",
      "the 6th",
    ],
  },
  unit: {
    frames: ["How far is 5 ~ on a map?", "Is 10 ~ a lot?", "Convert 40 ~ please"],
    values: [
      "km",
      "miles",
      "kg",
      "pounds",
      "grams",
      "milligrams",
      "liters",
      "gallons",
      "feet",
      "meters",
      "celsius",
      "fahrenheit",
    ],
  },
  negation: {
    frames: [
      "Which invoices are ~ paid?",
      "Can I fly ~ a passport?",
      "Is it ~ safe to eat raw fish?",
      "Should I ~ sign the contract?",
      "Why is my order ~ confirmed?",
    ],
    values: ["", "not"],
  },
  without: {
    frames: ["Can I fly ~ a passport?", "How do I log in ~ my phone?", "Recipes for pancakes ~ eggs"],
    values: ["with", "without"],
  },
  never: { frames: ["Which users have ~ logged in?", "Who has ~ been late?"], values: ["never", "always"] },
  city: {
    frames: [
      "What is the weather in ~?",
      "Find a cheap hotel in ~",
      "How many people live in ~?",
      "Who is the mayor of ~?",
    ],
    values: [
      "Paris",
      "Rome",
      "Lyon",
      "Porto",
      "Kraków",
      "Nairobi",
      "Osaka",
      "Boise",
      "San Jose",
      "San Diego",
      "Lagos",
      "Lima",
    ],
  },
  person: {
    frames: ["How old is ~?", "Where was ~ born?", "Send the report to ~", "What did ~ win the Nobel prize for?"],
    values: [
      "Marie Curie",
      "Pierre Curie",
      "Albert Einstein",
      "Anna Kowalska",
      "Anna Kowalski",
      "Ben Ito",
      "Ken Ito",
      "Serena Williams",
      "Venus Williams",
    ],
  },
  currency: {
    frames: ["How much is 100 dollars in ~?", "Can I hold ~ in my account?", "Will the ~ rise this year?"],
    values: ["euros", "yen", "pounds", "francs", "rupees", "pesos", "zloty", "krona", "bitcoin", "ether"],
  },
  product: {
    frames: ["How do I reset my ~?", "What does a ~ cost?", "How do I clean a ~?", "Is the ~ waterproof?"],
    values: [
      "iPhone 14",
      "iPhone 15",
      "Galaxy",
      "Pixel",
      "Kindle",
      "iPad",
      "MacBook",
      "ThinkPad",
      "router",
      "thermostat",
      "doorbell",
    ],
  },
  company: {
    frames: [
      "Who is the CEO of ~?",
      "What does a share of ~ cost?",
      "How do I complain about ~?",
      "Does ~ have a branch near me?",
    ],
    values: [
      "Barclays",
      "HSBC",
      "Lloyds",
      "Santander",
      "Chase",
      "Citi",
      "Revolut",
      "Monzo",
      "Siemens",
      "Bosch",
      "Acme",
      "Initech",
    ],
  },
  banking: {
    frames: ["How do I top up ~?", "Why did my top up ~ fail?", "Is there a fee for topping up ~?"],
    values: ["by card", "by bank transfer", "with cash", "by cheque", "with Apple Pay", "automatically", "from abroad"],
  },
  card: {
    frames: ["Why was my ~ declined?", "Where is my ~?", "How do I cancel my ~?", "What is the limit on my ~?"],
    values: [
      "card payment",
      "bank transfer",
      "cash withdrawal",
      "direct debit",
      "top up",
      "standing order",
      "virtual card",
      "refund",
      "cheque",
    ],
  },
  finance: {
    frames: ["What is a ~?", "How is a ~ taxed?", "When should I use a ~?"],
    values: [
      "call option",
      "put option",
      "stop order",
      "limit order",
      "mutual fund",
      "hedge fund",
      "fixed rate",
      "variable rate",
      "traditional IRA",
      "Roth IRA",
      "Treasury bond",
      "corporate bond",
      "current account",
      "savings account",
    ],
  },
  measure: {
    frames: ["What was our ~ last year?", "How do I calculate ~?", "What is ~?"],
    values: [
      "gross profit",
      "net profit",
      "operating profit",
      "gross margin",
      "net margin",
      "EBIT",
      "EBITDA",
      "revenue",
      "cash flow",
      "working capital",
      "simple interest",
      "compound interest",
      "nominal yield",
      "real yield",
    ],
  },
  medical: {
    frames: ["Can I take ~ with alcohol?", "What is the dose of ~ for adults?", "Is ~ safe in pregnancy?"],
    values: [
      "ibuprofen",
      "paracetamol",
      "aspirin",
      "naproxen",
      "warfarin",
      "heparin",
      "sertraline",
      "metformin",
      "codeine",
    ],
  },
  step: {
    frames: ["How do I ~ notifications?", "Can you ~ my account?", "What happens when I ~ the service?"],
    values: ["enable", "disable", "pause", "resume", "delete", "export", "share", "mute"],
  },
};

const swaps = [
  ["How do I convert # to #?", ["pdf", "docx"], ["euros", "yen"], ["miles", "kilometers"], ["xml", "yaml"]],
  ["Book a flight from # to #", ["Oslo", "Turin"], ["Boston", "Denver"], ["Lima", "Quito"]],
  ["Did # pay #?", ["Alice", "Bob"], ["Mona", "Henrik"], ["Acme", "Initech"]],
  ["Move money from # to #", ["savings", "checking"], ["my account", "the joint account"]],
  ["Is # better than #?", ["tea", "coffee"], ["Rust", "Go"], ["renting", "buying"]],
  ["Who invited # to meet #?", ["Anna", "Ben"], ["Carla", "Dario"]],
  ["Subtract # from #", ["7", "12"], ["cost", "income"]],
  ["Was # sold by #?", ["Nokia", "Microsoft"], ["Eva", "Tom"]],
] as const;

const row = (a: string, b: string, same: boolean, kind: string): PairRow => ({
  a,
  b,
  same,
  kind,
  source: "own-traps",
  contextA: [],
  contextB: [],
});

/** Every trap and every paraphrase, always the same ones. */
export function ownTraps(): PairRow[] {
  const rows: PairRow[] = [];
  for (const [kind, { frames: texts, values }] of Object.entries(frames)) {
    for (const text of texts) {
      const asked = values.map((value) => text.replace("~", value).replace("  ", " "));
      for (const [index, a] of asked.entries()) {
        for (const b of asked.slice(index + 1)) if (!isOneValue(kind, a, b)) rows.push(row(a, b, false, kind));
      }
    }
  }
  for (const [text, ...values] of swaps) {
    for (const [first, second] of values) {
      rows.push(row(fill(text, first, second), fill(text, second, first), false, "roles"));
    }
  }
  for (const line of readFileSync(written, "utf8").split("\n").filter(Boolean)) {
    const [kind, a, b] = line.split(" | ") as [string, string, string];
    rows.push(row(a, b, kind === "paraphrase", kind));
  }
  return rows;
}

const fill = (text: string, first: string, second: string) => text.replace("#", first).replace("#", second);

/** Two spellings of one number. */
const isOneValue = (kind: string, a: string, b: string) =>
  kind === "number" &&
  [
    ["3", "three"],
    ["21", "twenty one"],
  ].some(([x, y]) => a.includes(` ${x} `) && b.includes(` ${y} `));
