import { randomBytes, randomUUID } from 'node:crypto';
import type { Writable } from '../api/resources/account.mts';
import type { Collection, StoredRecord } from '../records/collection.mts';
import type { Settings } from '../settings.mts';

export interface Subscription extends StoredRecord {
	url: string;
	/** Event types, or `*` for all. */
	events: string[];
	active: boolean;
	secret: string;
	created_at: string;
	updated_at: string;
}

export interface Subscriptions extends Writable {
	/** As the API shows one: without the secret. */
	shown(subscription: Subscription): StoredRecord;
	/** Those that chose this type of event. */
	wanting(type: string): Subscription[];
}

const shown = ({ secret: _, ...rest }: Subscription): StoredRecord => rest;

const written = ({ url, events, active = true, ...unknown }: Record<string, unknown>) => ({
	...unknown,
	url: url as string,
	events: events as string[],
	active: active as boolean,
});

/** Who receives which events. Grade: that one subscribes to chosen events is documented, the rest is assumed. */
export function openSubscriptions(
	collection: Collection<Subscription>,
	settings: () => Settings,
): Subscriptions {
	return {
		shown,
		wanting: (type) =>
			collection
				.list()
				.filter(({ active, events }) => active && (events.includes(type) || events.includes('*'))),
		create(input) {
			const at = new Date().toISOString();
			const subscription = {
				id: randomUUID(),
				...written(input),
				secret: `whsec_${randomBytes(24).toString('hex')}`,
				created_at: at,
				updated_at: at,
			};
			collection.insert(subscription);
			return settings().webhooks.omitSecret ? shown(subscription) : subscription;
		},
		replace(id, input) {
			const { secret, created_at } = collection.existing(id);
			const subscription = {
				id,
				...written(input),
				secret,
				created_at,
				updated_at: new Date().toISOString(),
			};
			collection.replace(subscription);
			return shown(subscription);
		},
		remove(id) {
			collection.existing(id);
			collection.remove(id);
		},
	};
}
