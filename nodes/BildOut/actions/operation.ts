import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { InputItem } from '../input/inputItem';

/** One operation of one resource: its parameters in the panel, and what it does for one item. */
export interface Operation {
	properties: INodeProperties[];
	/** @returns the output of the item: one record, or any number of them */
	execute(item: InputItem): Promise<IDataObject | IDataObject[]>;
	/** What it is, where that depends on further parameters that take no expression. */
	variant?: (item: InputItem) => Operation;
	/** It changes something in BildOut, so no item is done twice. */
	writes?: boolean;
	/** Items are done one after the other, in their order; side by side otherwise. */
	inOrder?: boolean;
}
