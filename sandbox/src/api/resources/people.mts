import { ApiError } from '../errors.mts';
import type { Account, Writable } from './account.mts';
import { directory } from './directory.mts';

export function customers(account: Account): Writable {
	const { records } = account;
	return directory(account, {
		noun: 'customer',
		collection: records.customers,
		schema: 'CustomerInput',
		hasEvents: true,
		beforeRemoval(id) {
			const invoices = records.invoices.count({ where: { client_id: id } });
			if (invoices > 0) {
				throw new ApiError(
					409,
					`This customer has ${invoices} invoice${invoices === 1 ? '' : 's'} and cannot be deleted. Delete the invoices first.`,
				);
			}
			records.projects.unlink('client_id', id);
			records.payments.unlink('client_id', id);
		},
	});
}

export function vendors(account: Account): Writable {
	const { records } = account;
	return directory(account, {
		noun: 'vendor',
		collection: records.vendors,
		schema: 'VendorInput',
		hasEvents: false,
		beforeRemoval: (id) => records.payments.unlink('vendor_id', id),
	});
}
