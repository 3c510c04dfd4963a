import type { Account } from './account.mts';
import { invoices } from './invoices.mts';
import { payments } from './payments.mts';
import { customers, vendors } from './people.mts';
import { projectFinancials, projects } from './projects.mts';

/** The rules of all five resources, over one account. */
export function openResources(account: Account) {
	const invoiceRules = invoices(account);
	return {
		customers: customers(account),
		vendors: vendors(account),
		projects: projects(account),
		invoices: invoiceRules,
		payments: payments(account, invoiceRules),
		financials: (projectId: string) => projectFinancials(account, projectId),
	};
}

export type Resources = ReturnType<typeof openResources>;
