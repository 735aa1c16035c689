import { stem } from "./stem.ts";

/**
 * Wordings of questions and the short form they are read as. Patterns are stems without articles, with `be` for all its
 * forms; `(a|b|)` is a choice, `^` the beginning of a sentence. The longest pattern counts; an empty right side says that the
 * words ask nothing. Written for this project.
 */
const wordings = `
^ (hi|hello|hey|thanks|ok|okay|so|well|also) =>
please =>
thank you =>
^ (can|could|would|will) you (please|kindly|) (tell|show|inform) (me|us) =>
^ (can|could|would) (anyone|someone|anybody|somebody|you guy) (please|) (tell|explain|help) (me|us|) =>
^ (please|kindly|) (tell|inform) me =>
(i|we) (want|need|would like|wish|be try|try) to (know|understand|learn|find out) (if|whether|about|) =>
(i|we) (would|will) like to (know|understand) =>
i be (wonder|curious) (if|whether|about|) =>
i wonder (if|whether|) =>
^ (do|does) (you|anyone|anybody|someone) know (if|whether|of|) =>
any (idea|clue) (on|about|) =>
^ do you (happen to|) have any (idea|information) (on|about) =>
i be look for information (on|about) => what be
^ (can|could|would|will) you (please|kindly|) help (me|us) (to|with|in|understand|) => how do i
^ (please|kindly|) help me (to|with|understand|) => how do i
(i|we) (need|want|would like) (help|assistance|guidance|instruction) (with|to|on|in|for) => how do i
^ (can|could|would) you (please|kindly|) (explain|describe|clarify|teach) (to me|me|) how to => how do i
^ (can|could|would) you (please|kindly|) (explain|describe|clarify) (to me|me|) (how|why|when|what|who|where) => $
^ (please|kindly|) (explain|describe|clarify|show) (to me|me|) (how|why|when|what|who|where) => $
^ (please|kindly|) (show|teach|explain to|tell) me how to => how do i
^ (show|teach) me how to => how do i
^ (can|could|would) you (please|kindly|) (explain|describe|define|clarify) (to me|) (concept of|term|) => what be
^ (please|kindly|) (explain|describe|define|clarify) (to me|) (concept of|term|) => what be
^ (can|could|would) you (please|) (give|provide|list) (me|) => what be
^ (please|) (give|provide) (me|us) (information|detail|info) (on|about|of) => what be
^ (please|) (give|provide) (me|us|) => what be
^ (please|) (list|name|state|identify|outline) => what be
^ (please|) tell me (more|) about => what be
^ (can|could|would) you (please|) tell me (more|) about => what be
what do you (mean|understand) by => what be
what be (best|good|right|) place to => where do i
^ (can|could) you (suggest|recommend) => what be good
^ (be|) there anything i can do (about|against) => how do i
how much time be (need|require) to => how long take
what be mean by => what be
what be (meaning|definition|concept|idea) (of|behind) => what be
(meaning|definition) of => what be
what be name of => what be
what do it mean (to|when|if|for|) => what be
what exactly be => what be
(in your opinion|in general|nowadays|these day|at moment) =>
(how|in what way|by what mean) (can|could|do|does|should|would|shall|may|might) (i|we|one|you|someone|somebody|people|person|a person) => how do i
(how|in what way) (can|could|should|would) => how do
(how|where) (be|am) (i|we|you|one) (able|suppose|go|to) (to|) => how do i
how (would|do) (i|you|one|someone|we) (go|) about => how do i
how (do|) (i|you|we|one|) (go about|manage to|be able to) => how do i
how to => how do i
how (i|we|you|one) (can|could|should|do|) => how do i
how be it possible to => how do i
what (be|would be|will be) (only|) way (i can|i should|you can|one can|) (to|of|for|use to|involved in|need to|require to|by which i can|) => how do i
what (be|would be) (best|good|right|) thing to do to => how do i
be there (any|some|) way (i can|for me|that i can|that|) (to|of|for|) => how do i
(any|some) (good|easy|quick|) (way|tip|trick|advice|suggestion) (to|of|on|for) => how do i
what be (instruction|guide) (to|for) => how do i
(way|instruction|guide|direction) (to|for|on) => how do i
what (should|can|could|must|do) (i|we|one|you|someone|people) (do|need to do|have to do) (to|in order to|so that i can|if i want to|when i want to|) => how do i
what do (i|you|we|one) (need|have) to do to => how do i
what (do|would|will) it take to => how do i
(i|we) (want|need|would like|wish|be try|try|be look) to => how do i
i (can not|could not|be unable to|be not able to) figure out how to => how do i
i do not know how to => how do i
(can|could|may|might) (i|we|you|one|someone|people) => can i
be (i|we|you|one) (able|allow|permit) to => can i
be it (possible|permissible|allow|permit|ok|okay|alright|fine|acceptable) (for (me|someone|one|people|us|you)|) to => can i
(do|be) (i|we|one|you) (allow|have option|have permission) to => can i
be it (possible|ok|okay|alright|fine) if (i|we) => can i
(should|shall|must|ought) (i|we|you|one|people|someone) => should i
(do|does) (i|we|you|one) (have|need) to => must i
be (i|we|you|one) (require|oblige) to => must i
be it (necessary|require|mandatory|compulsory|obligatory) (for me|) to => must i
be it (a|) good idea to => should i
how come => why
(for|) what reason (do|be|) => why
what be (main|real|exact|) (reason|cause|explanation|purpose|motive) (for|behind|of|that|why|) => why
what be (reason|cause) => why
what (cause|make|lead to) => why
what be it that => what
(be|) (unable|not able) to => can not
(can|do|could) not (remember|recall) => forget
(do|can|could) not (recognize|recognise) => unrecognized
(do|be) not (able to|) go through => be decline
(be|) not accept => be decline
(do|can) not (work|function) => be break
stop work => be break
(be|) not possible => impossible
(do|can) not like => dislike
2 time => twice
2 (factor|step) => twofactor
house loan => mortgage
low cost => cheap
second hand => used
pre own => used
software (developer|engineer) => developer
prime minister => pm
key performance indicator => kpi
(at|) what time (of day|) (do|be|will|) => when
(on|) (what|which) (date|day) (do|be|will|) => when date
(in|) (what|which) year (do|be|) => when year
what be (date|time) (of|for|when|) => when
(in|at|) (what|which) (place|location|spot) (do|be|can|) => where
what be (place|location) (of|where) => where be
where be (locate|situate) => where be
(where|what place) (can|could|should|do|would|might) (i|we|one|you|someone|people) => where do i
what (person|people) (do|be|) => who
(what|which) person => who
who be (person|people|man|woman|one) (who|that) => who
what be (price|cost|fee|charge|rate) (of|for|to) => how much cost
how (expensive|costly|pricey) be => how much cost
how much (money|) (do|will|would|should) (it|) cost (to|for|) => how much cost
how much (do|will|would) (i|we|you|one) (have to|need to|) pay (for|to) => how much cost
what (do|will|would) (it|) cost (to|) => how much cost
how much be => how much cost
what be (total|exact|approximate|) number of => how many
what number of => how many
how much time (do|will|would|) (it|) (take|need|require) (to|for|) => how long take
how long (do|will|would|should|) (it|) (take|last) (to|for|) => how long take
how (soon|fast|quickly) (will|do|can) => how long
what be (duration|length) of => how long be
what be age of => how old be
what be height of => how tall be
what be weight of => how heavy be
what be distance (between|from|to) => how far be
how often (do|be|should|) => how often
what be frequency of => how often
how frequent => how often
in order to => to
(tip|advice|suggestion|trick) (for|on|to) => how do i
(appear|seem) to be => be
which (city|town) be => what be
which country be => what be
(because of|due to|owing to|on account of) => because
(instead of|rather than) => instead
as well as => and
a lot of => many
lot of => many
plenty of => many
such as => like
get rid of => remove
(per|each|every) day => daily
(per|each|every) week => weekly
(per|each|every) month => monthly
(per|each|every) year => yearly
(cancel|stop|end|terminate) my subscription => unsubscribe
home loan => mortgage
^ (can you|could you|please|) (show|display|list|find|fetch|give) me (all|) => what be
by whom (do|be|) => who
(get|be) in touch with => contact
sum up => summarize
turn down => decline
go miss => lost
hand in => submit
(time off|vacation day|holiday day|leave of absence|day off) => leave
(open|business|work) hour => open
most recent => latest
customer (service|support|care) => support
help desk => support
near (me|here|by) => nearest
close to me => nearest
chief executive (officer|) => ceo
cash machine => atm
look for => find
find out => find
search for => find
look up => find
figure out => find
come up with => create
set up => install
sign up (for|to|) => register
sign (in to|in|into|on) => login
log (in|into|on|in to) => login
login to => login
send back => return
call off => cancel
go up => increase
go down => decrease
get back => recover
give back => return
pay off => repay
pay back => repay
put off => postpone
calm down => calm
slow down => slow
speed up => faster
build up => build
make up => invent
put together => assemble
point out => mention
throw (away|out) => discard
think of => think
hang out => meet
ask for => request
wait for => await
top up => topup
take out => withdraw
pay in => deposit
back up => backup
clean up => clean
cut down on => decrease
cut (down|) => cut
get over => overcome
work on => improve
look after => care
look at => view
fill (out|in) => complete
come across => find
keep up => maintain
try out => try
use up => use
eat up => eat
wind up => finish
end up => finish
make sure => ensure
set (aside|apart) => save
put aside => save
(log|sign) (out|off) => logout
sign up => register
(turn|switch|put) on => enable
(turn|switch) off => disable
switch (to|) => change
shut down => shutdown
give up => quit
carry out => do
take place => happen
come from => originate
come back => return
work out => exercise
lose my => lose
pass away => die
get married => marry
get pregnant => pregnant
get better at => improve
get (good|better) (at|in) => improve
make money => earn money
set alarm => alarm
wake me (up|) => alarm
put on weight => gain weight
keep track of => track
pay attention => focus
take care of => care
deal with => handle
cope with => handle
run out of => lack
no longer => stop
free of (charge|cost) => free
(at|for) no (charge|cost) => free
for free => free
no cost => free
cost free => free
united state (of america|) => usa
united kingdom => uk
great britain => uk
united nation => un
european union => eu
new york city => nyc
new york => nyc
los angeles => la
hong kong => hongkong
san francisco => sf
artificial intelligence => ai
machine learning => ml
machine learn => ml
world war (ii|2|two) => ww2
second world war => ww2
wwii => ww2
world war (i|1|one) => ww1
first world war => ww1
wwi => ww1
social media => socialmedia
credit card => creditcard
debit card => debitcard
per cent => percent
operating system => os
operate system => os
high school => highschool
real estate => property
stock market => stockmarket
ice cream => icecream
two factor authentication => 2fa
mobile phone => phone
cell phone => phone
smart phone => phone
bank account => account
difference between => difference
be different from => difference
differ from => difference
compare (to|with) => compare
(versus|vs) => compare
use to be => formerly be
not (able|possible) => not able
unable => not able
be fail to => not
would (you|) (say|recommend|suggest) => should
`;

/** Read first, so that the wordings above need not list every kind of way. */
const ways = `
(best|good|great|easiest|easy|simplest|simple|quick|quickest|fastest|fast|right|proper|correct|safest|safe|most effective|effective|most efficient|efficient|better|ideal|different|possible|various|usual|normal) (way|method|step|approach|procedure|process|technique|strategy|trick) => way
(way|method|step|approach|procedure|process|technique|strategy|trick) => way
`;

/** A node of the patterns, by stem of the next word. */
export interface PhraseNode {
  readonly next: Map<string, PhraseNode>;
  /** What is read instead of the words that led here; undefined where no pattern ends. */
  replacement: readonly string[] | undefined;
}

/** Every way to read the choices of a pattern. */
function expand(pattern: string): string[] {
  const open = pattern.lastIndexOf("(");
  if (open < 0) return [pattern];
  const close = pattern.indexOf(")", open);
  const choices = pattern.slice(open + 1, close).split("|");
  return choices.flatMap((choice) => expand(pattern.slice(0, open) + choice + pattern.slice(close + 1)));
}

function compile(lines: string): PhraseNode {
  const root: PhraseNode = { next: new Map(), replacement: undefined };
  for (const line of lines.trim().split("\n")) {
    const [pattern = "", replacement = ""] = line.split("=>").map((side) => side.trim());
    for (const wording of expand(pattern)) add(root, wording.split(/\s+/).filter(Boolean).map(stem), replacement);
  }
  return root;
}

function add(root: PhraseNode, stems: readonly string[], replacement: string): void {
  let node = root;
  for (const word of stems) {
    let next = node.next.get(word);
    if (!next) {
      next = { next: new Map(), replacement: undefined };
      node.next.set(word, next);
    }
    node = next;
  }
  const words = replacement === "$" ? stems.slice(-1) : replacement.split(" ").filter(Boolean).map(stem);
  node.replacement ??= words;
}

/** The patterns to read a sentence by, one after the other. */
export const phrasePasses: readonly PhraseNode[] = [compile(ways), compile(wordings)];
