import type { DemoPrompt } from "./demo-prompt.ts";

const invoice =
  'Extract the fields of the invoice as JSON: {"supplier": string, "number": string, "date": "YYYY-MM-DD", "currency": string, "total": number, "due": "YYYY-MM-DD" or null}.';
const contract =
  "This agreement is made on 14 March 2025 between Orbis Freight GmbH, Hamburg (the Carrier), and Lantern Books Ltd, Leeds (the Customer). The Carrier collects pallets every Tuesday and Friday before noon. The price is EUR 84 a pallet within Germany and EUR 162 to the United Kingdom, duties excluded, and is reviewed each January. Damage must be reported within five working days of delivery; liability is limited to EUR 8.33 per kilogram. Either side may end the agreement with three months' notice to the end of a quarter. Disputes are heard in Hamburg under German law.";

/** Taking facts out of a given text. */
export const extraction: readonly DemoPrompt[] = [
  {
    system: invoice,
    json: true,
    text: "Nordlicht Papier KG, Kiel. Rechnung 2025-0417 vom 3. April 2025. 40 Ries Kopierpapier 156,00; Versand 9,50; USt 19 % 31,45; gesamt 196,95 EUR. Zahlbar bis 17.04.2025.",
  },
  {
    system: invoice,
    json: true,
    text: "Invoice INV-8813, Blue Kettle Catering, issued 11 May 2025. Lunch for 24 people GBP 312.00, VAT 20% GBP 62.40, total GBP 374.40. Payment on receipt.",
  },
  {
    system: invoice,
    json: true,
    text: "FACTURE n° F-2210 — Atelier Vasseur, Lyon, le 28/02/2025. Réparation de deux pompes : 1 480,00 €. TVA 20 % : 296,00 €. Total TTC : 1 776,00 €. Échéance : 30/03/2025.",
  },
  {
    system: invoice,
    json: true,
    text: "Hi, as agreed: logo design, flat fee 900 dollars, no tax. Invoice no. 12, dated June 2nd 2025. Please pay within 14 days. Best, Mara Quint",
  },
  "Extract all names of people and places from this text:\nOn Sunday Ada Finch and her brother Joris took the ferry from Harwich to Hoek van Holland, where Aunt Wilhelmina met them with her old Volvo.",
  "Extract every date and what happened on it:\nThe mill was built in 1788. In May 1843 it burned down; by the following spring it ground corn again. Electricity came in 1921, and on 30 June 1974 the last sack was filled.",
  "List all e-mail addresses and phone numbers in this signature:\nPetra Lund | Head of Purchasing | Hav & Fjell AS | +47 55 01 22 90 | petra.lund@havfjell.example | reception: post@havfjell.example",
  "Extract five keywords from this text:\nHeat pumps move heat instead of making it. In a well insulated house one kilowatt hour of electricity brings three or four of heat; in a draughty one the flow temperature must rise and the gain melts away.",
  "Read the following order and return the items as a table of quantity, item and colour:\nwe need two dozen of the long candles, half in red and half in cream, also a box of matches and 3 brass holders if you still have them",
  `According to the following contract, how long is the notice period?\n\n${contract}`,
  `According to the following contract, which law applies and where are disputes heard?\n\n${contract}`,
  `According to the following contract, what does it cost to send eleven pallets to Leeds, duties left out?\n\n${contract}`,
  {
    json: true,
    text: `Extract the parties, their roles, all prices with their unit, all deadlines and the liability limit from this contract as JSON. Use null for what is not said, and quote the words that each value comes from.\n\n${contract}`,
  },
  "Find all medicines with dose and frequency in this note:\nPt. comfortable. Continue metoprolol 50 mg twice daily, start amlodipine 5 mg each morning, stop ibuprofen. Paracetamol 1 g up to four times a day if needed.",
  "From the following text, answer the question: why did the first crossing fail?\n\nThe first attempt, in April, came to an end after six days. The rudder held and so did the crew, but the fresh water did not: two of the four tanks had been rinsed with the wrong fluid, and nobody noticed until the third was opened.",
  "From the following text, answer the question: who signed the letter?\n\nThe letter to the council, drafted by Mrs Oduya and typed by her nephew, carried the names of both chairmen, but only the younger of the two, Mr Falk, had put his pen to it.",
  'Extract the attributes (brand, size, colour, price) from: "Almost new Halden rain jacket, ladies\' M, bottle green, was 140, now 65 euros, smoke-free home".',
  "Identify all obligations of the tenant in this clause:\nThe tenant shall keep the stairwell clear, have the boiler serviced once a year at their own cost and tell the landlord at once of any leak. The landlord shall answer within two working days.",
  "Return every URL path and status code from these log lines:\n10:02:11 GET /health 200 1ms\n10:02:12 POST /orders 201 48ms\n10:02:12 GET /orders/8841 404 3ms\n10:02:15 POST /orders 503 30001ms",
  {
    earlier: [
      `Here is a contract, I will ask questions about it.\n\n${contract}`,
      "I have read it: a freight agreement between Orbis Freight and Lantern Books of 14 March 2025. What would you like to know?",
    ],
    text: "By when must we report a pallet that arrived damaged on Thursday, 5 June 2025?",
  },
  "Extract the ingredients with amounts in grams where they can be converted:\nRub 200 g flour with half a stick of butter, add a pinch of salt, two tablespoons of sugar and about 60 ml cold water.",
  "Which companies does this text mention, and which of them bought another?\n\nTwo years after Kestrel Data swallowed the smaller Pinewood, Marlin Systems offered 90 million for both; the offer lapsed.",
];
