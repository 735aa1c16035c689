/** What V8 writes: nodes by id with their children, and which node each sample was in. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** A function as it was called from its parent. */
export interface Frame {
  readonly name: string;
  /** `router/src/domain/decide.ts:41`; empty for what is V8's own. */
  readonly place: string;
  /** Microseconds in it and in all it called. */
  totalUs: number;
  /** Microseconds in itself. */
  selfUs: number;
  readonly children: Map<string, Frame>;
}

/** The calls of a profile, those of one function from one parent taken together. Idle time is left out. */
export function callTree(profile: CpuProfile): Frame {
  const selfUs = selfMicroseconds(profile);
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const root: Frame = { name: "all", place: "", totalUs: 0, selfUs: 0, children: new Map() };
  const visit = (id: number, parent: Frame): number => {
    const node = byId.get(id);
    if (!node || node.callFrame.functionName === "(idle)") return 0;
    const { name, place } = frameOf(node.callFrame);
    const key = `${name} ${place}`;
    const frame = parent.children.get(key) ?? { name, place, totalUs: 0, selfUs: 0, children: new Map() };
    parent.children.set(key, frame);
    let totalUs = selfUs.get(id) ?? 0;
    frame.selfUs += totalUs;
    for (const child of node.children ?? []) totalUs += visit(child, frame);
    frame.totalUs += totalUs;
    return totalUs;
  };
  const [first] = profile.nodes;
  for (const child of first?.children ?? []) root.totalUs += visit(child, root);
  return root;
}

/** Microseconds in each node itself. */
export function selfMicroseconds({ samples, timeDeltas }: CpuProfile): Map<number, number> {
  const selfUs = new Map<number, number>();
  samples.forEach((id, index) => {
    selfUs.set(id, (selfUs.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  });
  return selfUs;
}

/** How a function is called in reports. */
export function frameOf({ functionName, url, lineNumber }: CpuProfile["nodes"][number]["callFrame"]) {
  const name = functionName === "" ? "(anonymous)" : functionName;
  const file = url.replace(/^file:\/\//, "").replace(/^.*\/(?=node_modules\/|services\/|libs\/|test\/)/, "");
  return { name, place: file === "" ? "" : `${file}:${lineNumber + 1}` };
}
