import { faker } from '@faker-js/faker/locale/en_US';
import { ApiError } from '../api/errors.mts';
import { openResources } from '../api/resources/resources.mts';
import type { StoredRecord } from '../records/collection.mts';
import type { Records } from '../records/records.mts';
import type { Invoice } from '../records/types.mts';
import {
	billables,
	businessKinds,
	invoiceNotes,
	jobs,
	places,
	vendorNotes,
	vendorTrades,
} from './trade.mts';

export interface Quantities {
	customers: number;
	vendors: number;
	projects: number;
	invoices: number;
	payments: number;
}

export const startingQuantities: Quantities = {
	customers: 36,
	vendors: 24,
	projects: 30,
	invoices: 240,
	payments: 280,
};

const hour = 3_600_000;
const day = 24 * hour;
const opening = Date.parse('2025-01-06T16:00:00Z');
/** The day up to which the seeded account has been kept. */
const closing = Date.parse('2026-10-30T22:00:00Z');

const { helpers, number } = faker;
const pick = <Choice,>(choices: readonly Choice[]): Choice => helpers.arrayElement(choices);
const iso = (time: number) => new Date(time).toISOString();
const date = (time: number) => iso(time).slice(0, 10);
const cents = (min: number, max: number) => number.float({ min, max, fractionDigits: 2 });

const isOpen = ({ status, amount_due }: Invoice) =>
	amount_due > 0 && status !== 'draft' && status !== 'void';

/** The moments at which `count` records come to be: over the account's life, or after its newest one. */
function moments(count: number, newest: StoredRecord | undefined): number[] {
	const from = newest ? Date.parse(newest.created_at as string) + 60_000 : opening;
	const step = newest ? 60_000 : (closing - from) / Math.max(1, count);
	return Array.from({ length: count }, (_, index) => Math.round(from + index * step));
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

/**
 * Adds believable records of a contractor's year to the account: the same ones whenever the account
 * was the same before. Answers how many of each there are now. No subscriber is told.
 */
export function plant(records: Records, quantities: Partial<Quantities>): Quantities {
	const { customers = 0, vendors = 0, projects = 0, invoices = 0, payments = 0 } = quantities;
	let clock = opening;
	faker.seed(
		Object.values(records).reduce((sum, collection) => sum * 31 + collection.lastSequence(), 7),
	);
	const resources = openResources({
		records,
		announce: () => {},
		now: () => iso(clock),
		newId: () => faker.string.uuid(),
		finePrices: () => false,
	});

	const addCustomer = () => {
		clock = number.int({ min: opening - 300 * day, max: opening });
		const name = faker.datatype.boolean(0.6)
			? `${faker.person.firstName()} ${faker.person.lastName()}`
			: `${faker.person.lastName()} ${pick(businessKinds)}`;
		const email = emailFor(name, records.customers.lastSequence() + 1);
		resources.customers.create({ name, email, ...place() });
	};

	const addVendor = () => {
		clock = number.int({ min: opening - 300 * day, max: opening });
		const [trade, type] = pick(vendorTrades);
		const name = `${faker.person.lastName()} ${trade}`;
		const email = emailFor(name, records.vendors.lastSequence() + 1);
		resources.vendors.create({ name, email, ...place(), type, notes: pick(vendorNotes) });
	};

	for (let index = 0; index < customers; index++) addCustomer();
	for (let index = 0; index < vendors; index++) addVendor();

	const everyCustomer = records.customers.list();
	if (everyCustomer.length === 0 && projects + invoices > 0) {
		throw new ApiError(409, 'Projects and invoices need customers: seed some first.');
	}
	for (let index = 0; index < projects; index++) {
		const start = number.int({ min: opening, max: closing - 60 * day });
		clock = start - 20 * day;
		const customer = pick(everyCustomer);
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

	const everyProject = records.projects.list();
	for (const time of moments(invoices, records.invoices.list({ limit: 1 })[0])) {
		clock = time;
		const project = helpers.maybe(() => everyProject.length > 0 && pick(everyProject), {
			probability: 0.7,
		});
		const due = time + pick([14, 30, 30, 45]) * day;
		const age = closing - time;
		const status =
			age < 25 * day && faker.datatype.boolean(0.35)
				? 'draft'
				: faker.datatype.boolean(0.02)
					? 'void'
					: due < closing
						? 'overdue'
						: pick(['sent', 'sent', 'viewed']);
		resources.invoices.create({
			client_id: (project && project.client_id) || pick(everyCustomer).id,
			project_id: project ? project.id : null,
			status,
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

	const everyVendor = records.vendors.list();
	const open = records.invoices.list().filter(isOpen).reverse();
	if (payments > 0 && open.length + everyVendor.length === 0) {
		throw new ApiError(409, 'Payments need open invoices or vendors: seed some first.');
	}
	for (const time of moments(payments, records.payments.list({ limit: 1 })[0])) {
		clock = time + 9 * hour;
		const ready = open.findIndex(
			({ created_at }) => Date.parse(created_at as string) < time - 6 * day,
		);
		const method = pick(['card', 'us_bank_account', 'us_bank_account', 'check']);
		const fromCustomer = ready >= 0 && faker.datatype.boolean(0.72);
		if (!fromCustomer && everyVendor.length > 0) {
			resources.payments.send(pick(everyVendor).id, cents(180, 6_400), {
				method: pick(['us_bank_account', 'check']),
				project_id: everyProject.length > 0 ? pick(everyProject).id : null,
			});
			continue;
		}
		const invoice = open[Math.max(0, ready)];
		if (!invoice) break;
		const status = pick([
			'succeeded',
			'succeeded',
			'succeeded',
			'succeeded',
			'succeeded',
			'failed',
		] as const);
		const inPart = faker.datatype.boolean(0.2);
		const amount = inPart ? Math.ceil(invoice.amount_due / 2) : invoice.amount_due;
		resources.payments.receive(invoice.id, { amount, method, status });
		if (status === 'succeeded') open.splice(Math.max(0, ready), 1);
	}

	return {
		customers: records.customers.count(),
		vendors: records.vendors.count(),
		projects: records.projects.count(),
		invoices: records.invoices.count(),
		payments: records.payments.count(),
	};
}
