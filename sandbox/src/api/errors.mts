export interface FieldProblem {
	field: string;
	message: string;
}

const codes: Record<number, string> = {
	400: 'invalid_request',
	401: 'unauthorized',
	403: 'insufficient_scope',
	404: 'not_found',
	405: 'invalid_request',
	409: 'conflict',
	413: 'invalid_request',
	415: 'invalid_request',
	422: 'validation_error',
	429: 'rate_limit_exceeded',
};

/** BildOut's error code for an HTTP status. Grade: documented, save `conflict` for 409 (assumed). */
export const codeOf = (status: number): string =>
	codes[status] ?? (status < 500 ? 'invalid_request' : 'server_error');

/** A response other than success. `details` name fields; `headers` are added to the response. */
export class ApiError extends Error {
	readonly status: number;
	readonly details: FieldProblem[] | undefined;
	readonly headers: Record<string, string>;

	constructor(
		status: number,
		message: string,
		extra: { details?: FieldProblem[]; headers?: Record<string, string> } = {},
	) {
		super(message);
		this.status = status;
		this.details = extra.details;
		this.headers = extra.headers ?? {};
	}
}

export const notFound = (noun: string, id: string) =>
	new ApiError(404, `No ${noun} has the ID ${id}.`);

export const invalidFields = (...details: FieldProblem[]) =>
	new ApiError(422, 'Some fields are not valid.', { details });
