// The module worker of a store in a browser. The package starts it by itself. With `imagestream/slim`, start it as
// `new Worker(new URL("imagestream/worker", import.meta.url), { type: "module" })`.
export {};
