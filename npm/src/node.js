// The entry for Node, Deno and Bun.

import { module } from "./node/module.js";
import { inMemory, openStore } from "./node/open.js";
import { checked } from "./options.js";
import { ImageStore } from "./store.js";

ImageStore.open = (target, options) => openStore(module, target, options);
ImageStore.inMemory = async (options) => inMemory(module, checked(options));

export { ImageStreamError } from "./error.js";
export { ImageStore };
