import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { SEARCH_PARAMETER } from '../assumptions';
import { RECORD_TYPES, type RecordName } from '../operations/recordTypes';
import { fetchPage, type Page } from '../transport/pagination';
import { CustomerNames } from './customerNames';
import { contactLabel, invoiceLabel, paymentLabel, projectLabel } from './labels';

/** How many records a chooser shows before the user scrolls on. */
const SHOWN_AT_ONCE = 50;

/** How many pages are looked through for a text that BildOut's own search did not find. */
const PAGES_SEARCHED = 10;

type Labels = (records: IDataObject[]) => Promise<string[]> | string[];

/** @see searchList: one method for each chooser, named in its `searchListMethod`. */
export async function searchCustomers(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await searchList(this, 'customer', eachBy(contactLabel), filter, paginationToken);
}

export async function searchVendors(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await searchList(this, 'vendor', eachBy(contactLabel), filter, paginationToken);
}

export async function searchProjects(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await searchList(this, 'project', eachBy(projectLabel), filter, paginationToken);
}

export async function searchPayments(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await searchList(this, 'payment', eachBy(paymentLabel), filter, paginationToken);
}

export async function searchInvoices(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const customers = new CustomerNames(this, filter);
	const labels: Labels = async (invoices) => {
		await customers.learn(invoices.map((invoice) => invoice.client_id));
		return invoices.map((invoice) => invoiceLabel(invoice, customers.nameOf(invoice.client_id)));
	};
	return await searchList(this, 'invoice', labels, filter, paginationToken);
}

/**
 * One page of a chooser. BildOut documents no search, so it is asked to search and what it answers is
 * searched again by label; if that finds nothing, the list itself is looked through.
 */
async function searchList(
	context: ILoadOptionsFunctions,
	name: RecordName,
	labels: Labels,
	filter = '',
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const from = readToken(paginationToken);
	const text = filter.trim();
	if (text === '') return await readResults(context, name, labels, {}, from, '', 1);
	if (from[SEARCH_PARAMETER] !== undefined || paginationToken === undefined) {
		const query = { [SEARCH_PARAMETER]: text };
		const found = await readResults(context, name, labels, query, from, text, PAGES_SEARCHED);
		if (found.results.length > 0 || paginationToken !== undefined) return found;
	}
	return await readResults(context, name, labels, {}, from, text, PAGES_SEARCHED);
}

/** Reads pages until one has a match; the token says where to go on when the user scrolls. */
async function readResults(
	context: ILoadOptionsFunctions,
	name: RecordName,
	labels: Labels,
	query: IDataObject,
	from: IDataObject,
	text: string,
	pages: number,
): Promise<INodeListSearchResult> {
	const request = {
		path: [RECORD_TYPES[name].path],
		subject: { what: `${name} list` },
	};
	let position = from;
	for (let read = 1; ; read++) {
		const page: Page = await fetchPage(context, request, SHOWN_AT_ONCE, { ...query, ...position });
		const shown = await labels(page.records);
		const results = page.records
			.map(({ id }, index) => ({ name: shown[index], value: String(id) }))
			.filter((entry) => entry.name.toLowerCase().includes(text.toLowerCase()));
		const next = page.next && { ...query, ...page.next };
		if (results.length > 0 || !next || read >= pages) {
			return { results, paginationToken: next && JSON.stringify(next) };
		}
		position = next;
	}
}

function readToken(token: string | undefined): IDataObject {
	return token === undefined ? {} : (JSON.parse(token) as IDataObject);
}

function eachBy(label: (record: IDataObject) => string): Labels {
	return (records) => records.map(label);
}
