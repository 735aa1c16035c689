import type { Grammar } from "./grammar.ts";

/** Texts to put right or to word anew, with the text given, and prose named by no more than its kind and subject. */
export const edits: Grammar = {
  edit: ["{correct}", "{correct}", "{reword}", "{reword}", "{reword}", "{kind}", "{kind}", "{brief}", "{brief}"],
  given: ["{article}", "{article}", "{longtext}", "{mail}", "{sentence}", "{meeting}", "{review}"],
  correct: [
    "[Proofread|Proof read|Correct|Check|Spell check|Fix|Edit] the following [paragraph|paragraphs|text|abstract|mail|sentences][ please|]. [It is for a journal.|Keep my style.|]\n\n{given}",
    "[find|fix|correct|list] the [grammar|spelling|punctuation] mistakes [of|in] [the following paragraph|this text|my draft]: {given}",
    "[check grammar|grammar check|correct this|fix grammar and spelling|is the grammar right]: {given}",
    "[You are a researcher|As an editor|You are a copy editor], [please |]review the [abstract|paragraph|chapter] [below|] and check [typos and spelling|grammar and style|its wording].\n{given}",
    "{given}\n\n[Correct the mistakes above.|proofread this please|Please check my English.|fix the grammar]",
  ],
  reword: [
    "[write nicer|make this nicer|say this better|word this better|polish|make it sound natural|more formal please]: {given}",
    "[Rewrite|Rephrase|Paraphrase|Reword] [this article|the text below|the following|this paragraph|the last sentence of this passage] [so that it sounds {tone}|in plain words|in your own words|for {audience}|in the first person|]:\n\n{given}",
    "[Simplify|Boil down|Put] [the English|this|the following text] [for non-native speakers|into simpler language without losing the message|so that {audience} can read it|for children]: {given}",
    "[Convert|Turn|Expand|Change] [these bullet points|these notes|the outline|this list] into [easy-to-read paragraphs|a customer-facing article|flowing text|a polished paragraph] [in the style of our documentation|]:\n{meeting}",
    "[Improve|Strengthen|Rewrite|Update] my [resume|CV|LinkedIn profile|cover letter|essay][ for a job as {trade}|]. [Here it is:|]\n\n{given}",
    "How can I [word|phrase|put] this [more politely|better|for my boss]? {sentence}",
    'What are some sentences with [the same|a similar] meaning to "{sentence}"?',
    "[Shorten|Expand|Bring] the [text|content] below [to {big}0 words|within {big}0 characters] [according to this form: title, body, call to action|and keep the facts].\n\n{given}",
    "{given}\n\n[Rewrite this|make it better|rephrase|write this as a headline, a subheadline and three bullet points|rewrite in the style of a newspaper]",
  ],
  trade: ["data analyst", "nurse", "product manager", "teacher", "site engineer", "junior lawyer"],
  kind: [
    "[student speech|short story|poem|rap|song|essay|article|blog post|product description|press release|eulogy|toast|bedtime story|limerick|radio spot|welcome mail] [on|about] {topic}",
    "[{topic}|{thing}] [essay|speech|article|caption|poem|product description|recipe|recipes|presentation|script]",
    "[history of {topic}|{topic}] that I can [share|post] on [facebook|linkedin|instagram] for my followers",
    "[a |]{small}-slide [pitch deck|presentation|talk] [about|for|on] {thing}",
    "[tell me|describe|explain] {topic} in the style of [a nursery rhyme|a noir detective|a sea shanty|a fairy tale|Shakespeare]",
  ],
  brief: [
    "I need [an interesting and short|a short|a professional|a funny] [biography|bio|about page|profile|dedication|slogan poem] [to put on my website|for a freelancer site|for {audience}]",
    "I'm going to talk about {topic} [on YouTube|at a meetup|in class]. [Can you write an outline?|Write me a script.|Prepare my opening.]",
    "I will give you an agenda and I would like you to write [a survey asking for feedback|an invitation|a welcome speech|the minutes as a letter].\n{meeting}",
    "I own {company}. [Come up with|Write|Make] a {small}-slide pitch deck that would make investors invest",
    "My students are [under 18|ten years old|adults]. I need a [reading passage|worksheet|story|quiz text] about {topic} that is not [boring|too hard]",
    "Act as a [branding expert|copywriter|speech writer] and [give|write] a brief [description|summary|text] of {thing} that builds interest",
    "For each [zodiac sign|season|month|planet], [generate|write] [a single line plot|a haiku|a horoscope|a slogan] [about {topic}|]",
    "Based on the following article, [write|present me with] [a reply|the arguments for an essay|a letter to the editor].\n\n{article}",
  ],
};
