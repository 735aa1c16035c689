const headBytes = 16 * 1024;
const tailBytes = 4 * 1024;

/** The first 16 KiB and the last 4 KiB (as UTF-8) of a text, with a blank line for what is left out between them. */
export function excerpt(text: string): string {
  if (text.length * 3 <= headBytes + tailBytes) return text;
  const headEnd = endOfHead(text);
  const tailStart = Math.max(headEnd, startOfTail(text));
  return tailStart === headEnd ? text : `${text.slice(0, headEnd)}\n\n${text.slice(tailStart)}`;
}

function endOfHead(text: string): number {
  let bytes = 0;
  let end = 0;
  while (end < text.length) {
    bytes += utf8Bytes(text.charCodeAt(end));
    if (bytes > headBytes) break;
    end++;
  }
  return isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end;
}

function startOfTail(text: string): number {
  let bytes = 0;
  let start = text.length;
  while (start > 0) {
    bytes += utf8Bytes(text.charCodeAt(start - 1));
    if (bytes > tailBytes) break;
    start--;
  }
  return start > 0 && isHighSurrogate(text.charCodeAt(start - 1)) ? start + 1 : start;
}

/** Bytes of one UTF-16 code unit; each half of a surrogate pair counts two of the pair's four. */
function utf8Bytes(codeUnit: number): number {
  if (codeUnit < 0x80) return 1;
  if (codeUnit < 0x800) return 2;
  return codeUnit >= 0xd800 && codeUnit < 0xe000 ? 2 : 3;
}

const isHighSurrogate = (codeUnit: number) => codeUnit >= 0xd800 && codeUnit < 0xdc00;
