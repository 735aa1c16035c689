import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import { loadFileDescriptorSetFromBuffer, loadSync } from "@grpc/proto-loader";

// A client that knows no more than an address, as grpcurl does: it asks the server for its schema and builds stubs from that.

interface ReflectionAnswer {
  readonly file_descriptor_response?: { readonly file_descriptor_proto: readonly Buffer[] };
  readonly list_services_response?: { readonly service: readonly { readonly name: string }[] };
}

/** A method of a stub built at run time: messages are plain objects with proto field names. */
export type DynamicStub = grpc.Client & Record<string, (...parameters: unknown[]) => unknown>;

const options = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true };

/** Builds a stub of a service of the gRPC project from its schema in `grpc/`. */
export function knownStub(address: string, file: string, service: string): DynamicStub {
  const path = fileURLToPath(new URL(`grpc/${file}`, import.meta.url));
  return stubOf(address, loadSync(path, options)[service], service);
}

function stubOf(address: string, definition: unknown, service: string): DynamicStub {
  const Stub = grpc.makeGenericClientConstructor(definition as grpc.ServiceDefinition, service);
  return new Stub(address, grpc.credentials.createInsecure()) as unknown as DynamicStub;
}

/** Asks a server which services it has. */
export async function listServices(address: string): Promise<string[]> {
  const answer = await reflect(address, { list_services: "*" });
  return (answer.list_services_response?.service ?? []).map(({ name }) => name);
}

/** Builds a stub of a service from what the server's reflection says of it. */
export async function dynamicStub(address: string, service: string): Promise<DynamicStub> {
  const files = new Map<string, Buffer>();
  const first = await reflect(address, { file_containing_symbol: service });
  await collect(address, first.file_descriptor_response?.file_descriptor_proto ?? [], files);
  return stubOf(
    address,
    loadFileDescriptorSetFromBuffer(descriptorSet([...files.values()]), options)[service],
    service,
  );
}

async function collect(address: string, found: readonly Buffer[], files: Map<string, Buffer>): Promise<void> {
  for (const file of found) {
    const { name, dependencies } = headOf(file);
    if (files.has(name)) continue;
    files.set(name, file);
    for (const dependency of dependencies) {
      if (files.has(dependency)) continue;
      const answer = await reflect(address, { file_by_filename: dependency });
      await collect(address, answer.file_descriptor_response?.file_descriptor_proto ?? [], files);
    }
  }
}

function reflect(address: string, request: object): Promise<ReflectionAnswer> {
  const stub = knownStub(address, "reflection.proto", "grpc.reflection.v1.ServerReflection") as unknown as {
    ServerReflectionInfo(): grpc.ClientDuplexStream<object, ReflectionAnswer>;
    close(): void;
  };
  return new Promise<ReflectionAnswer>((resolve, reject) => {
    const call = stub.ServerReflectionInfo();
    call.on("data", resolve).on("error", reject);
    call.write(request);
    call.end();
  }).finally(() => stub.close());
}

/** Name (field 1) and dependencies (field 3) of a serialised FileDescriptorProto. */
function headOf(file: Buffer): { name: string; dependencies: string[] } {
  let name = "";
  const dependencies: string[] = [];
  for (let at = 0; at < file.length; ) {
    const [tag, afterTag] = varint(file, at);
    const [value, afterValue] = varint(file, afterTag);
    if ((tag & 7) !== 2) {
      at = afterValue;
      continue;
    }
    at = afterValue + value;
    if (tag >> 3 === 1) name = file.toString("utf8", afterValue, at);
    if (tag >> 3 === 3) dependencies.push(file.toString("utf8", afterValue, at));
  }
  return { name, dependencies };
}

function varint(bytes: Buffer, at: number): [value: number, next: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value |= (byte & 127) << shift;
    if (byte < 128) return [value, at];
  }
}

/** A serialised FileDescriptorSet: its files, each as field 1. */
function descriptorSet(files: readonly Buffer[]): Buffer {
  return Buffer.concat(
    files.flatMap((file) => {
      const length: number[] = [];
      let rest = file.length;
      while (rest > 127) {
        length.push((rest & 127) | 128);
        rest >>= 7;
      }
      return [Buffer.from([0x0a, ...length, rest]), file];
    }),
  );
}
