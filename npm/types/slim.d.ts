export * from "./index.js";

/**
 * Hands in a WebAssembly module of the package: compiled, as bytes, as a response, or as the address to fetch it from. It is
 * `imagestream/imagestream.wasm`, which is small, or `imagestream/imagestream-node.wasm`, which is fast and twice as large. Call
 * it once, before anything else of this entry.
 *
 * Stores are kept in memory, unless `makeWorker` starts `imagestream/worker` as a module worker: then they are kept as
 * {@link ImageStore.open} says.
 */
export function load(
  wasm: WasmSource | PromiseLike<WasmSource>,
  options?: { makeWorker?: () => PlatformWorker },
): Promise<void>;

type WasmSource = PlatformModule | ArrayBuffer | ArrayBufferView | PlatformResponse | PlatformUrl | string;
type PlatformModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer T } } } ? T : never;
type PlatformResponse = typeof globalThis extends { Response: { prototype: infer T } } ? T : never;
type PlatformUrl = typeof globalThis extends { URL: { prototype: infer T } } ? T : never;
type PlatformWorker = typeof globalThis extends { Worker: { prototype: infer T } } ? T : never;
