import { anywhere, type Cue, order } from "./cue.ts";

const codeThings =
  "function|method|class|script|program|code|algorithm|quer(?:y|ies)|regex|regular expression|api|component|web ?page|html|css|sql|unit tests?|array|struct|loop|module|snippet|command|handler|dockerfile|makefile|migration|endpoint|data structure|stored procedure|linked list|binary tree";

/** Writing, explaining or mending code. */
export const code: readonly Cue[] = [
  order(
    3.5,
    new RegExp(
      `^(?:write|create|implement|design|develop|build|generate|construct|make|code|fix|debug|refactor|optimi[sz]e|edit|modify|explain|document|complete|convert|rewrite|port|provide|add|define|declare|output|print|find)\\b.{0,60}\\b(?:${codeThings})\\b`,
      "is",
    ),
  ),
  anywhere(
    2.5,
    /\b(?:python|javascript|typescript|java|php|ruby|golang|kotlin|powershell|bash|node\.?js|django|flask|pandas|numpy|pytorch|tensorflow|react|angular|vue|jquery|haskell|scala|matlab|sqlite|mysql|postgres(?:ql)?|sql|html5?|css|vba|regex|git|linux|docker|kubernetes|hibernate|spring|wordpress|drupal|magento|linq|xcode|objective-c|visual studio|\.net)\b|\bc\+\+|\bc#|\bin (?:rust|swift|go|c|r)\b/i,
  ),
  anywhere(
    1.5,
    /\b(?:functions?|arrays?|strings?|integers?|boolean|variables?|compil(?:e|er|ation)|exceptions?|stack trace|runtime|syntax|recursi(?:ve|on|vely)|algorithms?|database|localhost|dataframe|lambda|iterat(?:e|or)|null pointer|callback|http|endpoint|async|parser?|source code|codebase|pull request|programming|if-else|for loop)\b/i,
  ),
  anywhere(
    2,
    /\b(?:bug|debug|refactor|traceback|segfault|stack overflow|unit tests?|this code|the code|following code|code snippet|valid code|pseudocode)\b/i,
  ),
  anywhere(1.5, /(?:函数|代码|脚本|编程|プログラム|関数|код|функци)/i),
];
