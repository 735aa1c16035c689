/** An answer that cannot be read as one. Its message is for people and quotes nothing of the answer. */
export class MalformedAnswer extends Error {
  override readonly name = "MalformedAnswer";
}
