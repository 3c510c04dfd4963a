import type { Kind } from '../../records/kinds.mts';
import type { Account } from './account.mts';
import { Invoices } from './invoices.mts';
import { Payments } from './payments.mts';
import { customers, vendors } from './people.mts';
import { projectFinancials, projects } from './projects.mts';

/** The rules of every kind of record, over one account. */
export function openResources(account: Account) {
	const invoices = new Invoices(account);
	return {
		customers: customers(account),
		vendors: vendors(account),
		projects: projects(account),
		invoices,
		payments: new Payments(account, invoices),
		financials: (projectId: string) => projectFinancials(account, projectId),
	} satisfies Record<Kind | 'financials', object>;
}

export type Resources = ReturnType<typeof openResources>;
