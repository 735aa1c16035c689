/** Takes bytes in pieces of any size and hands on the lines they hold. */
export interface LineSplitter {
  push(bytes: Buffer): void;
  /** Hands on what stands after the last line break. */
  end(): void;
}

export interface LineReader {
  /** A line without its break; the first line is 1. Empty lines are left out. */
  onLine(text: string, line: number): void;
  onTooLong(line: number): void;
}

const lineFeed = 10;
const carriageReturn = 13;

/** Splits at line feeds. Holds at most one line of `longestBytes`; a longer one is passed over. */
export function splitLines({ onLine, onTooLong }: LineReader, longestBytes: number): LineSplitter {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let line = 1;

  const hold = (bytes: Buffer) => {
    heldBytes += bytes.length;
    if (heldBytes <= longestBytes) held.push(bytes);
    else held = [];
  };
  const finish = (rest: Buffer) => {
    if (heldBytes + rest.length > longestBytes) onTooLong(line);
    else emit(held.length === 0 ? rest : Buffer.concat([...held, rest]));
    held = [];
    heldBytes = 0;
    line++;
  };
  const emit = (bytes: Buffer) => {
    const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
    if (end > 0) onLine(bytes.toString("utf8", line === 1 ? lengthOfMark(bytes) : 0, end), line);
  };

  return {
    push(bytes) {
      let start = 0;
      for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
        finish(bytes.subarray(start, end));
        start = end + 1;
      }
      if (start < bytes.length) hold(bytes.subarray(start));
    },
    end() {
      if (heldBytes > 0) finish(Buffer.alloc(0));
    },
  };
}

/** Spreadsheets begin a file with a byte order mark. */
const lengthOfMark = (bytes: Buffer) => (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0);
