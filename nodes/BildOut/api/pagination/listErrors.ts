import { ApiFailure, type ListKind } from '../errors';
import type { ApiContext } from '../client';

/** The one place where a failure of a list is made. `said` are BildOut's own words, where there are any. */
export function listError(context: ApiContext, kind: ListKind, said?: string): ApiFailure {
	return new ApiFailure(context.getNode(), {
		kind,
		apiError: said === undefined ? undefined : { message: said, details: [] },
	});
}
