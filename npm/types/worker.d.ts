// The module worker in which a store lives in a browser. The package starts it itself; whoever uses `imagestream/slim` hands
// it in as `new Worker(new URL("imagestream/worker", import.meta.url), { type: "module" })`.
export {};
