/** What an import may consist of. */
export class UploadLimits {
  /** Uploads and samples together. */
  readonly maxFiles = 30;

  /** @param maxUploadBytes of all uploads of an import together */
  constructor(readonly maxUploadBytes: number) {}

  /** The sentence that refuses a larger upload. */
  get tooLargeMessage(): string {
    const megabytes = this.maxUploadBytes / (1024 * 1024);
    const limit = megabytes >= 1 ? `${Math.floor(megabytes)} MB` : `${this.maxUploadBytes} bytes`;
    return `The files are too large: at most ${limit} can be uploaded at once.`;
  }
}
