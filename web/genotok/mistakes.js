// The one kind of error that genotok.js throws: what went wrong, where, and what to do.

export class GenotokError extends Error {
  /**
   * @param {string} message
   * @param {{code?: string, where?: string|null, line?: number|null, hint?: string|null, detail?: string, cause?: unknown}} [facts]
   */
  constructor(message, { code = "InputError", where = null, line = null, hint = null, detail = "", cause } = {}) {
    super(hint && !message.includes(hint) ? `${message}; ${hint}` : message, cause === undefined ? undefined : { cause });
    this.name = "GenotokError";
    this.code = code;
    this.where = where;
    this.line = line;
    this.hint = hint;
    this.detail = detail;
  }

  /** Any failure as a GenotokError. @param {any} error @param {AbortSignal} [signal] */
  static of(error, signal) {
    if (error instanceof GenotokError) return error;
    const failure = error?.failure;
    if (!failure) return new GenotokError(String(error?.message ?? error), { code: "engine", detail: String(error?.stack ?? ""), cause: error });
    if (failure.code === "cancelled" && signal?.aborted) return GenotokError.cancelled(signal.reason);
    return new GenotokError(failure.message, { ...failure, detail: error.detail });
  }

  /** @param {unknown} reason */
  static cancelled(reason) {
    return new GenotokError("cancelled", { code: "cancelled", cause: reason });
  }

  /** @param {string} what */
  static closed(what) {
    return new GenotokError(`this ${what} was closed`, { code: "closed", hint: "open another one" });
  }
}
