import type { IPollFunctions } from 'n8n-workflow';
import { NodeOperationError, tryToParseDateTime } from 'n8n-workflow';

export interface PollOptions {
	/** From when on a node's first check reports, in milliseconds since 1970; undefined for nothing. */
	startFrom?: number;
	daysBeforeDue: number;
	/** In ascending order, each once. */
	overdueSteps: number[];
}

const DAYS_BEFORE_DUE = 3;
const MOST_DAYS_BEFORE_DUE = 60;
const MOST_DAYS_OVERDUE = 3650;

/** @throws NodeOperationError that names the option that cannot be understood */
export function readOptions(context: IPollFunctions): PollOptions {
	const options = context.getNodeParameter('options', {}) as Record<string, unknown>;
	return {
		startFrom: isEmpty(options.startFrom) ? undefined : readStartFrom(context, options.startFrom),
		daysBeforeDue: isEmpty(options.daysBeforeDue)
			? DAYS_BEFORE_DUE
			: readDaysBeforeDue(context, options.daysBeforeDue),
		overdueSteps: isEmpty(options.overdueSteps)
			? []
			: readOverdueSteps(context, options.overdueSteps),
	};
}

function isEmpty(value: unknown): boolean {
	return value === undefined || value === null || String(value).trim() === '';
}

/** A time without a zone is one in the workflow's. */
function readStartFrom(context: IPollFunctions, given: unknown): number {
	try {
		const text = given instanceof Date ? given.toISOString() : String(given);
		return tryToParseDateTime(text, context.getTimezone()).toMillis();
	} catch {
		throw new NodeOperationError(
			context.getNode(),
			`'Start From' must be a date such as 2025-02-15 or 2025-02-15T09:00, got '${shorten(given)}'`,
			{ description: 'Choose a day in the calendar, or remove the option.' },
		);
	}
}

function readDaysBeforeDue(context: IPollFunctions, given: unknown): number {
	const days = Number(given);
	if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS_BEFORE_DUE) return days;
	throw new NodeOperationError(
		context.getNode(),
		`'Days Before Due' must be a whole number from 1 to ${MOST_DAYS_BEFORE_DUE}, got '${shorten(given)}'`,
		{
			description: `Enter a number such as 7, or remove the option: then it is ${DAYS_BEFORE_DUE}.`,
		},
	);
}

function readOverdueSteps(context: IPollFunctions, given: unknown): number[] {
	const parts = String(given)
		.split(/[,;\s]+/)
		.filter((part) => part !== '');
	const steps = parts.map(Number);
	const isStep = (step: number) => Number.isInteger(step) && step >= 1 && step <= MOST_DAYS_OVERDUE;
	if (steps.length > 0 && steps.every(isStep)) {
		return [...new Set(steps)].sort((a, b) => a - b);
	}
	throw new NodeOperationError(
		context.getNode(),
		`'Overdue Steps' must be whole numbers of days from 1 to ${MOST_DAYS_OVERDUE}, got '${shorten(given)}'`,
		{
			description:
				'Write them with commas between them, such as 1, 7, 14, 30, or remove the option: then each overdue invoice is reported once.',
		},
	);
}

function shorten(given: unknown): string {
	const text = String(given);
	return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
