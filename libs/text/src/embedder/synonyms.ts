import { stem } from "./stem.ts";

/**
 * Words that questions use for one another, a group a line; the first names the group. Written for this project. A group is
 * a guess that the answer stays the same, never a proof: whoever relies on it counts how often it was needed.
 */
const groups = `
buy purchase purchasing
obtain acquire get getting
remove delete erase eliminate
uninstall deinstall
repair fix mend resolve solve troubleshoot
begin start commence initiate beginning
finish end complete conclude ending completion
stop halt cease quit discontinue prevent avoid
cancel cancellation terminate termination abort revoke
create build produce construct generate creation
make making
change modify alter edit update amend adjust switch modification
improve enhance boost improvement strengthen
increase raise grow rise growth
decrease reduce lower lessen reduction minimize
find locate discover search
choose select pick selection choice
use utilize employ usage utilise using utilization
help assist aid support assistance
need require requirement necessary requires needed required
want wish desire
show display view see
explain describe clarify explanation description
mean meaning definition define signify
learn study master studying learning
teach instruct
happen occur occurrence
cause reason trigger
allow permit let
enable activate activation
receive receipt
send transmit
give provide supply offer
keep retain maintain
try attempt
check verify confirm inspect verification
contact reach
talk speak chat
ask inquire
answer reply respond response
think believe consider opinion
feel feeling
travel trip journey travelling traveling
visit visiting
live reside living
die death dying dead
kill murder
marry marriage married wed wedding
eat consume eating
cook cooking
sleep sleeping asleep
earn earning
pay payment paid paying
transfer wire
prepare preparation
deposit depositing
withdraw withdrawal withdrawn withdrawing
borrow borrowing
lend lending
invest investment investing invested
refund reimburse reimbursement refunding refunded
verify verification
cost price fee charge expense pricing expensive
money cash fund
job career occupation employment profession
company firm business corporation enterprise
boss manager supervisor
employee worker staff
salary wage income
house home
car automobile auto vehicle
airplane plane aircraft
movie film
picture photo image photograph pic
phone telephone cellphone mobile smartphone
computer pc
laptop notebook
internet web online
website webpage
email mail e-mail
password passcode passphrase
account acct
app application
bug error problem issue trouble difficulty
crash fail failure failing
fast quick rapid swift speedy quickly
slow sluggish
big large huge enormous giant
small little tiny
easy simple effortless straightforward easily
hard difficult tough challenging
important significant crucial essential vital importance significance
famous well-known renowned popular celebrated
smart intelligent clever
stupid dumb
beautiful pretty gorgeous
happy glad happiness
sad unhappy
angry mad
sick ill unwell
rich wealthy
healthy health
dangerous risky unsafe hazardous harmful danger risk
safe secure safety security
afraid scared frightened fear
child kid children
person individual human people someone somebody anyone anybody
man guy
woman lady
mother mom mum mommy
father dad daddy
doctor physician
lawyer attorney
teacher instructor
student pupil
friend buddy
area region
country nation
city town
road street
trash garbage rubbish
way method approach technique manner procedure process step strategy
benefit advantage pro upside merit
drawback disadvantage con downside demerit
difference distinction differ different distinguish differs vary
effect impact consequence influence affect
result outcome
example instance sample
idea concept
goal aim objective purpose
tip advice suggestion recommendation recommend suggest advise
kind type sort variety category
part component piece
amount quantity
list enumerate
main major primary principal chief key
total overall
whole entire
required mandatory compulsory
free gratis complimentary
legal lawful legally
illegal unlawful
possible feasible possibility
certain sure
common usual typical frequent
rare uncommon
current present currently
recent recently
immediately instantly instant
symptom sign
treatment cure remedy treat therapy
medicine drug medication
disease illness sickness
vaccine vaccination vaccinate
exam test examination
university college
course class
book novel
govern government
percent percentage
maximum max
kilometer km kilometre
kilogram kg
dollar usd
euro eur
yen jpy
rupee inr rs
day daily
week weekly
month monthly
year yearly annual annually
twice double
wifi wi-fi
minimum min
temperature temp
store shop
delivery deliver shipping ship shipment shipped delivered
package parcel
track tracking
insurance insure
bill invoice
contract agreement
subscribe subscription subscribing
member membership
register registration signup enroll enrol enrollment
login signin logon
logout signout logoff
download downloading
upload uploading
install installation installing setup
configure configuration config
restart reboot
reset resetting
block blocked blocking
unblock unlock
hide conceal
lose lost losing loss
steal stolen theft stole
break broken
connect connection connecting
convert conversion
calculate compute calculation determine
compare comparison
translate translation
write writing
read reading
copy duplicate
move relocate
sell selling
rent lease renting
hire recruit
spread transmission transmit
protect protection
expire expiry expiration expired
renew renewal
apply application
approve approval approved
decline declined reject rejected rejection
forget forgot
long lengthy
tall height high
old age
deep depth
wide width
far distance
population inhabitant
author writer
inventor invent invention invented
found founder establish founded
discover discovery
win winner
lead leader
own owner
religion religious
usa america american
uk britain british
india indian
china chinese
russia russian
japan japanese
france french
germany german
europe european
spain spanish
italy italian
canada canadian
australia australian
mexico mexican
brazil brazilian
pakistan pakistani
africa african
asia asian
bitcoin btc
javascript js
typescript ts
kubernetes k8s
postgres postgresql
database db
repository repo
directory folder
admin administrator
info information detail
doc document documentation
tv television
fridge refrigerator
bike bicycle
gas petrol gasoline
holiday vacation
cab taxi
baby infant newborn
pregnant pregnancy
pill tablet
belly stomach tummy abdomen
throw toss
math mathematics maths
economy economic economics
politics political
history historical
culture cultural
technology tech
artificial-intelligence ai
machine-learning ml
program programming coding code
developer programmer coder
engineer engineering
resume cv
skill ability
girlfriend gf
boyfriend bf
acne pimple
exercise workout
food meal
dinner supper
smoke smoking cigarette
item product article
revert undo
tap faucet
dispute contest
calorie kcal
leak leaking drip dripping
summarize summary
draft compose
lost missing misplaced
submit file
luggage baggage
author creator
open opening
status state progress
term word
expensive costly pricey
cheap inexpensive affordable budget
worth value
hotel accommodation lodging
world globe worldwide global
future upcoming
countryside rural
latest newest
favorite favourite
color colour
center centre
organize organise organization organisation
shut close closing
nearest closest near nearby
`;

/** Stem of a word to the stem that names its group. The first group a word is found in counts. */
const groupOfStem: ReadonlyMap<string, string> = (() => {
  const found = new Map<string, string>();
  for (const line of groups.trim().split("\n")) {
    const words = line.split(" ");
    const name = stem(words[0] as string);
    const target = found.get(name) ?? name;
    for (const word of words) {
      const key = stem(word);
      if (!found.has(key)) found.set(key, target);
    }
  }
  return found;
})();

/** The name of the group of a stem; the stem itself where no group holds it. */
export function synonymGroup(stemmed: string): string {
  return groupOfStem.get(stemmed) ?? stemmed;
}
