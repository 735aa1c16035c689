import { anywhere, type Cue } from "./cue.ts";

/** Mathematics, logic, plans of several steps. */
export const reasoning: readonly Cue[] = [
  anywhere(2.5, /\b(?:solve|calculate|compute|prove|derive|evaluate|simplify|integrate|differentiate|factor)\b/i),
  anywhere(
    2.5,
    /\b(?:equations?|derivatives?|integrals?|probabilit(?:y|ies)|percent(?:age)?|remainder|quotient|polynomial|triangle|perimeter|circumference|radius|hypotenuse|theorem|velocity|permutations?|ratio|average speed|km\/h|mph|square root|digits?|sum of|product of|logarithm|matrix|vertices|coordinates?)\b/i,
  ),
  anywhere(
    2.5,
    /\bfind (?:the )?(?:value|probability|area|sum|smallest|largest|minimum|maximum|number|greatest|least|all (?:values|real|integers?))\b|\bhow many (?:ways|different|more|times)\b/i,
  ),
  anywhere(
    2,
    /\bstep[- ]by[- ]step\b|\bshow your work\b|\bthink carefully\b|\bcareful thought\b|\blogic(?:al)?\b|\bpuzzle\b|\briddle\b|\bdeduce\b|\bboxed\b|\bmath\w{0,8}\b/i,
  ),
  anywhere(
    2,
    /\b(?:must|could) be (?:true|false)\b|\bwhich of the following (?:is|are|must|can|could|equals|expressions?)\b/i,
  ),
  anywhere(2.5, /berechne|\bcalcule[rz]?\b|\bcalcula\b|реши|计算|求解|方程|証明|证明/i),
];
