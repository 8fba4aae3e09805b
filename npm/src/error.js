// Errors, as every entry of the package throws them.

/** The error of everything that fails; documented in types/store.d.ts. */
export class ImageStreamError extends Error {
  constructor({ code, status = 500, reason = "InternalError", message, causes = [], continueToken, details }, options) {
    super(message, options);
    this.code = code;
    this.status = status;
    this.reason = reason;
    this.causes = causes;
    if (continueToken !== undefined) this.continueToken = continueToken;
    if (details !== undefined) this.details = details;
  }

  get name() {
    return "ImageStreamError";
  }

  /** The error as plain data, for another thread or tab. */
  toJSON() {
    const { code, status, reason, message, causes, continueToken, details } = this;
    return { code, status, reason, message, causes, continueToken, details };
  }
}

/** The error of an invalid argument. */
export const bad = (message, cause) =>
  new ImageStreamError({ code: "BadRequest", status: 400, reason: "BadRequest", message }, cause && { cause });

/** The error of a call after the store was closed. */
export const closed = () => new ImageStreamError({ code: "Closed", message: "the store is closed: open it again" });

/** An error of this package, from what was thrown here or by another thread. */
export function revive(thrown, options) {
  if (thrown instanceof ImageStreamError) return thrown;
  return new ImageStreamError(thrown, options);
}
