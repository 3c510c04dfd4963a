import { SERVER_OWNED_FIELDS, WEB_PATHS } from '../../assumptions';
import type { RecordType } from '../../operations/recordTypes';
import { projectLabel } from '../labels';

export const projectRecord: RecordType = {
	name: 'project',
	path: 'projects',
	scopes: { read: 'projects:read', write: 'projects:write' },
	webPaths: WEB_PATHS.project,
	serverOwned: SERVER_OWNED_FIELDS.record,
	knownBy: [],
	calledBy: 'construction job',
	notItsId: 'name',
	label: projectLabel,
	simplified: [
		'id',
		'name',
		'status',
		'client_id',
		'description',
		'budget',
		'start_date',
		'end_date',
		'address.city',
		'created_at',
	],
};
