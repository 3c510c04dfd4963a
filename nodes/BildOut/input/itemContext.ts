/** What the reading of a value needs to know of the item that it is for. */
export interface ItemContext {
	/** Whether an AI agent gave the values. */
	readonly isTool: boolean;
	/** The value of a parameter, with its expression resolved for the item. */
	param(name: string, fallback?: unknown): unknown;
	/** @throws NodeOperationError that ends the item */
	fail(message: string, description?: string): never;
}
