import type { IDataObject } from 'n8n-workflow';

import type { ApiRequest } from '../api/client';
import type { RecordType } from '../records/recordType';

/** A write for which everything was read and checked. */
export interface PlannedWrite {
	request: ApiRequest;
	/** The path of the record that is written; undefined for a new one. */
	record?: string;
	/** Where rows are added to the record: a fingerprint of the record without them. */
	before?: string;
	/** Whether it replaces rows that other items may have added. */
	replacesRows?: boolean;
	/** Sends the request; as it is by default. */
	send?: (request: ApiRequest) => Promise<IDataObject>;
	/** The kind of record that it writes; undefined for a request of the user's own. */
	type?: RecordType;
	/** The record as it was read for the write; without it, the request has only the fields that change. */
	current?: IDataObject;
	/** Compares the output with what was sent, and adds what it finds; throws where they must be the same. */
	check?: (output: IDataObject) => Promise<IDataObject>;
	/** Records the response, and makes the output of it. */
	onSuccess: (response: IDataObject) => Promise<IDataObject | IDataObject[]>;
	/** Records that the request may have been processed or not. */
	onLost?: () => Promise<void>;
}

/** What remains to be done for an item: a write, or nothing more than to return the output. */
export type Plan =
	| PlannedWrite
	| { output: IDataObject | IDataObject[]; check?: PlannedWrite['check'] };

/** What a write would do. */
export type PreviewKind = 'create' | 'update' | 'delete' | 'none';
