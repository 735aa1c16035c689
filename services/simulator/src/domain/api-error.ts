export interface ApiErrorOptions {
  readonly status: number;
  readonly message: string;
  /** `invalid_request_error`, unless said otherwise. */
  readonly type?: string;
  readonly code?: string | null;
  /** Path of the field at fault. */
  readonly param?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error that the caller gets as an OpenAI error object. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: object };

  constructor({ status, message, type, code, param, headers }: ApiErrorOptions) {
    super(message);
    this.status = status;
    this.headers = headers ?? {};
    this.body = { error: { message, type: type ?? "invalid_request_error", param: param ?? null, code: code ?? null } };
  }
}

/** 400 that names a field. */
export const invalidField = (param: string, message: string, code = "invalid_value"): ApiError =>
  new ApiError({ status: 400, message: `Invalid '${param}': ${message}`, param, code });
