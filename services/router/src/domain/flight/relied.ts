import type { Recalled } from "./recall.ts";

/** An answer that others may wait for: where it will not come, they are told at once. */
export async function relied<T>({ lead }: Recalled, answering: Promise<T>): Promise<T> {
  try {
    return await answering;
  } catch (error) {
    lead?.end();
    throw error;
  }
}
