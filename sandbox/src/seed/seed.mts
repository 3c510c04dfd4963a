import { faker } from '@faker-js/faker/locale/en_US';
import { ApiError } from '../api/errors.mts';
import { openResources, type Resources } from '../api/resources/resources.mts';
import type { StoredRecord } from '../records/collection.mts';
import { forEachKind, type Kind, kinds } from '../records/kinds.mts';
import type { Records } from '../records/records.mts';
import type { Invoice, Project } from '../records/types.mts';
import {
	billables,
	businessKinds,
	invoiceNotes,
	jobs,
	places,
	vendorNotes,
	vendorTrades,
} from './trade.mts';

export type Quantities = Record<Kind, number>;

export const startingQuantities: Quantities = {
	customers: 36,
	vendors: 24,
	projects: 30,
	invoices: 240,
	payments: 280,
};

const hour = 3_600_000;
const day = 24 * hour;
/** How long the seeded account has been kept. */
const accountAge = 662 * day;

const { helpers, number } = faker;
const pick = <Choice,>(choices: readonly Choice[]): Choice => helpers.arrayElement(choices);
const iso = (time: number) => new Date(time).toISOString();
const date = (time: number) => iso(time).slice(0, 10);
const cents = (min: number, max: number) => number.float({ min, max, fractionDigits: 2 });
const createdAt = ({ created_at }: StoredRecord) => Date.parse(created_at as string);

/** An account that is being filled. Times are in ms since 1970. */
interface Account {
	records: Records;
	resources: Resources;
	today: string;
	/** When its first record of the seeded ones was made, and until when they were. */
	opening: number;
	closing: number;
	/** Says when the next record is made. */
	setTime(time: number): void;
}

/**
 * Adds believable records of a contractor's last two years, up to the evening before `today` (YYYY-MM-DD):
 * the same ones whenever the account was the same before, but for their dates. Returns how many of each
 * there are now. No subscriber is notified.
 */
export function plant(
	records: Records,
	quantities: Partial<Quantities>,
	today: string,
): Quantities {
	faker.seed(
		Object.values(records).reduce((sum, collection) => sum * 31 + collection.lastSequence(), 7),
	);
	const account = accountToFill(records, today);
	for (const kind of kinds) ADDERS[kind](account, quantities[kind] ?? 0);
	return forEachKind((kind) => records[kind].count());
}

/** Each adds so many records of its kind. */
const ADDERS: Record<Kind, (account: Account, count: number) => void> = {
	customers: oneByOne(addCustomer),
	vendors: oneByOne(addVendor),
	projects: addProjects,
	invoices: addInvoices,
	payments: addPayments,
};

function oneByOne(add: (account: Account) => void) {
	return (account: Account, count: number) => {
		for (let index = 0; index < count; index++) add(account);
	};
}

function accountToFill(records: Records, today: string): Account {
	const closing = Date.parse(today) - 14 * hour;
	let time = closing;
	return {
		records,
		today,
		opening: closing - accountAge,
		closing,
		setTime: (moment) => (time = moment),
		resources: openResources({
			records,
			announce: () => {},
			now: () => iso(time),
			today: () => date(time),
			newId: () => faker.string.uuid(),
			finePrices: () => false,
			keepsUnknownFields: () => true,
		}),
	};
}

/**
 * When `count` records are created: over the account's life, or after its newest one. The
 * business grows, so they come closer together towards the end.
 */
function timesOf(
	count: number,
	newest: StoredRecord | undefined,
	{ opening, closing }: Account,
): number[] {
	const from = newest ? createdAt(newest) + 1 : opening;
	const span = Math.max(0, closing - from);
	return Array.from({ length: count }, (_, index) =>
		Math.round(from + span * (1 - (1 - index / count) ** 1.5)),
	);
}

function place() {
	const [city, state, zip, area] = pick(places);
	return {
		phone: `(${area}) 555-01${number.int({ min: 10, max: 99 })}`,
		address: {
			line1: faker.location.streetAddress(),
			line2: helpers.maybe(() => faker.location.secondaryAddress(), { probability: 0.2 }) ?? null,
			city,
			state,
			zip,
			country: 'US',
		},
	};
}

const emailFor = (name: string, sequence: number) =>
	`${faker.helpers.slugify(name).toLowerCase().replaceAll('-', '.').replace(/\.+/g, '.')}${sequence}@example.com`.replace(
		'.@',
		'@',
	);

const beforeOpening = ({ opening }: Account) => opening - number.int({ min: 0, max: 300 * day });

function addCustomer(account: Account): void {
	account.setTime(beforeOpening(account));
	const name = faker.datatype.boolean(0.6)
		? `${faker.person.firstName()} ${faker.person.lastName()}`
		: `${faker.person.lastName()} ${pick(businessKinds)}`;
	const email = emailFor(name, account.records.customers.lastSequence() + 1);
	account.resources.customers.create({ name, email, ...place() });
}

function addVendor(account: Account): void {
	account.setTime(beforeOpening(account));
	const [trade, type] = pick(vendorTrades);
	const name = `${faker.person.lastName()} ${trade}`;
	const email = emailFor(name, account.records.vendors.lastSequence() + 1);
	account.resources.vendors.create({ name, email, ...place(), type, notes: pick(vendorNotes) });
}

/** All customers; refuses where records that need one are to be added and there is none. */
function customersFor({ records }: Account, count: number): StoredRecord[] {
	const customers = records.customers.list();
	if (customers.length === 0 && count > 0) {
		throw new ApiError(409, 'Projects and invoices need customers: seed some first.');
	}
	return customers;
}

function addProjects(account: Account, count: number): void {
	const customers = customersFor(account, count);
	for (let index = 0; index < count; index++) {
		const part = (index + number.float()) / count;
		addProject(account, account.opening + Math.round(part * accountAge), pick(customers));
	}
}

function addProject(
	{ closing, resources, setTime }: Account,
	start: number,
	customer: StoredRecord,
): void {
	setTime(start - 20 * day);
	const [job, description, budget] = pick(jobs);
	const end = start + number.int({ min: 30, max: 150 }) * day;
	const line1 = (customer.address as { line1?: string } | null)?.line1 ?? place().address.line1;
	resources.projects.create({
		name: `${line1.replace(/^\d+ /, '')} ${job}`,
		description,
		status: end < closing ? 'completed' : pick(['planning', 'active', 'active', 'on_hold']),
		client_id: customer.id,
		address: customer.address,
		start_date: date(start),
		end_date: date(end),
		budget: Math.round((budget * number.float({ min: 0.8, max: 1.25 })) / 100) * 100,
	});
}

function addInvoices(account: Account, count: number): void {
	const customers = customersFor(account, count);
	const { records } = account;
	const projects = records.projects.list();
	for (const time of timesOf(count, records.invoices.list({ limit: 1 })[0], account)) {
		addInvoice(account, time, customers, projects);
	}
}

function addInvoice(
	account: Account,
	time: number,
	customers: StoredRecord[],
	projects: Project[],
): void {
	account.setTime(time);
	const project = helpers.maybe(() => projects.length > 0 && pick(projects), { probability: 0.7 });
	const due = time + pick([14, 30, 30, 45]) * day;
	account.resources.invoices.create({
		client_id: (project && project.client_id) || pick(customers).id,
		project_id: project ? project.id : null,
		status: statusOf(account, time, date(due)),
		issue_date: date(time),
		due_date: date(due),
		line_items: helpers
			.arrayElements(billables, { min: 1, max: 5 })
			.map(([name, description, from, to, most, tax_rate]) => ({
				name,
				description,
				quantity: number.int({ min: Math.ceil(most / 4), max: most }),
				unit_price: cents(from, to),
				tax_rate,
			})),
		notes: pick(invoiceNotes),
		terms: `Due in ${Math.round((due - time) / day)} days`,
		allow_partial: faker.datatype.boolean(0.4),
	});
}

function statusOf({ closing, today }: Account, time: number, dueDate: string): string {
	if (closing - time < 25 * day && faker.datatype.boolean(0.4)) return 'draft';
	if (faker.datatype.boolean(0.02)) return 'void';
	return dueDate < today ? 'overdue' : pick(['sent', 'sent', 'viewed']);
}

const isOpen = ({ status, amount_due }: Invoice) => amount_due > 0 && status !== 'draft';

function addPayments(account: Account, count: number): void {
	const { records } = account;
	const projects = records.projects.list();
	const everyVendor = records.vendors.list();
	const unpaid = records.invoices.list().filter(isOpen).reverse();
	if (count > 0 && unpaid.length + everyVendor.length === 0) {
		throw new ApiError(409, 'Payments need open invoices or vendors: seed some first.');
	}
	const payable: Invoice[] = [];
	for (const time of timesOf(count, records.payments.list({ limit: 1 })[0], account)) {
		while (unpaid[0] && createdAt(unpaid[0]) < time - 4 * day) payable.push(unpaid.shift()!);
		account.setTime(time);
		const fromCustomer = payable.length > 0 && faker.datatype.boolean(0.8);
		if (!fromCustomer && everyVendor.length > 0) {
			payVendor(account, pick(everyVendor), projects);
		} else if (!payNextInvoice(account, payable, unpaid)) break;
	}
}

/** A customer pays an invoice, an `unpaid` one if none is `payable`. Says whether there was one. */
function payNextInvoice(account: Account, payable: Invoice[], unpaid: Invoice[]): boolean {
	const invoice = nextPaid(payable) ?? unpaid.shift();
	if (!invoice) return false;
	payInvoice(account, invoice);
	const after = account.records.invoices.get(invoice.id)!;
	if (isOpen(after)) payable.splice(after.amount_paid > 0 ? 0 : payable.length, 0, after);
	return true;
}

/** Most customers pay soon, some at last. */
const nextPaid = (payable: Invoice[]) =>
	faker.datatype.boolean(0.75) ? payable.pop() : payable.shift();

function payInvoice({ resources }: Account, invoice: Invoice): void {
	const inPart = Boolean(invoice.allow_partial) && faker.datatype.boolean(0.6);
	resources.payments.receive(invoice.id, {
		amount: inPart ? Math.ceil(invoice.amount_due / 2) : invoice.amount_due,
		method: pick(['card', 'us_bank_account', 'us_bank_account', 'check']),
		status: faker.datatype.boolean(0.85) ? 'succeeded' : 'failed',
	});
}

function payVendor({ resources }: Account, vendor: StoredRecord, projects: Project[]): void {
	resources.payments.send(vendor.id, cents(180, 6_400), {
		method: pick(['us_bank_account', 'check']),
		project_id: projects.length > 0 ? pick(projects).id : null,
	});
}
