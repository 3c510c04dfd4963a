import type { NodeExecutionHint } from 'n8n-workflow';

import type { Exception, RunStats } from '../execution/runStats';

/** A wait that a person notices. */
const LONG_WAIT_MS = 5_000;
/** So many records are five requests and more. */
const MANY_RECORDS = 500;

/**
 * What n8n shows beside the output of a run that took its time, or that did less than it seems: one for the
 * rate limit, one for a list that was read for little, one for updates, one for a record that got several
 * names, and those that name records.
 */
export function hintsOf(facts: RunStats): NodeExecutionHint[] {
	return [
		previewed(facts),
		waited(facts),
		readForLittle(facts),
		changedNothing(facts),
		renamed(facts),
		...exceptions(facts),
	]
		.filter((message) => message !== undefined)
		.map((message) => ({ message, type: 'info', location: 'outputPane' }));
}

function waited({ waiting: { totalMs, limit } }: RunStats): string | undefined {
	if (totalMs < LONG_WAIT_MS) return undefined;
	return `Waited ${span(totalMs)} for BildOut's rate limit of ${amount(limit)} requests a minute, which all workflows with this credential share.`;
}

/** The list that was read for the least. */
function readForLittle({ filtered, lookedUp }: RunStats): string | undefined {
	const filters = [...filtered].map(([{ name }, { read, wanted, faster }]) => {
		const hint = faster
			? `: a single '${faster}' under Filters is faster, because BildOut applies it itself.`
			: ", because BildOut's API cannot filter or sort them.";
		const message = `Read ${amount(read)} ${name}s to find ${amount(wanted)}${hint}`;
		return { more: read - wanted, message };
	});
	const lookUps = [...lookedUp].map(([{ name }, { read, values }]) => ({
		more: values.size > 0 ? read - values.size : 0,
		message: `Read all ${amount(read)} ${name}s to look up ${amount(values.size)}, because BildOut's API has no search. What is given by its ID needs no look-up.`,
	}));
	const [worst] = [...filters, ...lookUps].sort((one, other) => other.more - one.more);
	return worst && worst.more >= MANY_RECORDS ? worst.message : undefined;
}

function changedNothing({ updates, unchanged }: RunStats): string | undefined {
	if (unchanged === 0) return undefined;
	const which = updates === 1 ? 'The update' : `${amount(unchanged)} of ${amount(updates)} updates`;
	return `${which} changed nothing, because BildOut had these values already.`;
}

const PREVIEWS = [
	['create', 'created'],
	['update', 'updated'],
	['delete', 'deleted'],
	['none', 'left as they are'],
] as const;

function previewed({ previews }: RunStats): string | undefined {
	const parts = PREVIEWS.filter(([kind]) => previews.has(kind)).map(
		([kind, done], index) =>
			`${amount(previews.get(kind)!)} ${index === 0 ? 'would be ' : ''}${done}`,
	);
	return parts.length > 0 ? `Preview: ${parts.join(', ')}. Nothing was written.` : undefined;
}

/** How many records a hint names. */
const MOST_NAMED = 10;

const EXCEPTIONS: Record<Exception, string> = {
	noDueDate: 'These invoices have no due date and count as current',
	noAmount: 'BildOut returned no amount for these, so they are left out',
	noCustomerName:
		"The names of these customers are missing, because they are deleted or the credential has no scope 'customers:read'",
	noCustomer: 'BildOut does not show whose these invoices are, so they count for no customer',
	unknownStatus:
		'The status of these is missing or unknown, so that invoices count as open and payments as not received',
	unknownWord: 'Nothing has the value of a filter that no menu has, so that it may be misspelt',
	notFilterable: 'These do not have what a filter compares, so they are left out',
	noDate: 'BildOut returned no date for these, so they are part of the opening balance',
	paidOtherwise:
		'More was paid for these invoices than the payments that BildOut lists for them, so the balance may be too high',
	paidLess:
		'The payments that BildOut lists for these invoices add up to more than it counts as paid, for example because of a refund, so the balance may be too low',
	notCompared:
		'BildOut returned neither line items nor a total, so nothing could be compared with what was sent',
	billedOtherwise: 'BildOut bills another amount than was sent',
	minorUnits:
		'BildOut returned the amounts of these invoices as if they were in cents. Look in BildOut whether their totals are right',
	storedOtherwise: 'BildOut has another value than was sent',
	noInvoice: 'These payments of the customer belong to no invoice, so they are left out',
};

function exceptions({ exceptions: noted }: RunStats): string[] {
	return [...noted].map(([which, names]) => {
		const named = [...names].slice(0, MOST_NAMED).join(', ');
		const more = names.size > MOST_NAMED ? ` and ${amount(names.size - MOST_NAMED)} more` : '';
		return `${EXCEPTIONS[which]}: ${named}${more}.`;
	});
}

/** How many records are named at most. */
const MAX_EXAMPLES = 3;

/** Two people who share an email by mistake become one record, and the first is lost. */
function renamed({ writtenNames }: RunStats): string | undefined {
	const records = [...writtenNames.values()].filter((names) => names.length > 1);
	if (records.length === 0) return undefined;
	const examples = records
		.slice(0, MAX_EXAMPLES)
		.map((names) => names.map((name) => `'${name.slice(0, 60)}'`).join(' and '));
	const more = records.length > MAX_EXAMPLES ? `; ${records.length - MAX_EXAMPLES} more` : '';
	const which = records.length === 1 ? 'One record has' : `${amount(records.length)} records have`;
	return `${which} several names in this run, because items with different names have the same email: ${examples.join('; ')}${more}. Check that each email is right: the last item wins.`;
}

function span(ms: number): string {
	const seconds = Math.round(ms / 1000);
	return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`;
}

function amount(count: number): string {
	return count.toLocaleString('en');
}
