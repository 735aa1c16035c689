/** One server-sent event. */
export interface ServerEvent {
  /** Its type; empty: none was given. */
  readonly type: string;
  readonly data: string;
}

/** Takes the text of a stream of server-sent events piece by piece, cut anywhere, and gives the events that it completes. */
export interface EventDecoder {
  push(text: string): readonly ServerEvent[];
  /** Gives what stands at the end without the empty line that should follow. */
  end(): readonly ServerEvent[];
}

const none: readonly ServerEvent[] = [];

/** Decodes events as the HTML standard has them, but for ids and retry times, which no answer has. */
export function createEventDecoder(): EventDecoder {
  const lineEnd = /\r\n|\n|\r(?!$)/g;
  let rest = "";
  let isFirst = true;
  let type = "";
  let data: string | undefined;

  const readLine = (line: string): ServerEvent | undefined => {
    if (line === "") {
      const event = data === undefined ? undefined : { type, data };
      type = "";
      data = undefined;
      return event;
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (name === "data") data = data === undefined ? value : `${data}\n${value}`;
    else if (name === "event") type = value;
    return undefined;
  };

  return {
    push(text) {
      // What was there before holds no end of a line, except perhaps a carriage return whose line feed is still to come.
      lineEnd.lastIndex = Math.max(0, rest.length - 1);
      rest += isFirst && text.startsWith("\ufeff") ? text.slice(1) : text;
      isFirst = false;
      let events: ServerEvent[] | undefined;
      let begin = 0;
      for (let end = lineEnd.exec(rest); end !== null; end = lineEnd.exec(rest)) {
        const event = readLine(rest.slice(begin, end.index));
        begin = lineEnd.lastIndex;
        if (event === undefined) continue;
        events ??= [];
        events.push(event);
      }
      if (begin > 0) rest = rest.slice(begin);
      return events ?? none;
    },
    end() {
      const last = readLine(rest.replace(/\r$/, "")) ?? readLine("");
      rest = "";
      return last === undefined ? none : [last];
    },
  };
}
