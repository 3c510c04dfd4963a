import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { DatabaseSync } from 'node:sqlite';
import { openIdempotency } from './api/idempotency.mts';
import { openResources } from './api/resources/resources.mts';
import { Clock } from './clock.mts';
import { Faults } from './control/faults.mts';
import { RequestLog } from './control/requestlog.mts';
import { Grants } from './oauth/grants.mts';
import { RateLimiter } from './ratelimit/limiter.mts';
import { openDatabase, transaction } from './records/database.mts';
import { openRecords } from './records/records.mts';
import { openReplant } from './seed/replant.mts';
import { plant, type Quantities } from './seed/seed.mts';
import { changed, defaultSettings, type Settings, type SettingsChange } from './settings.mts';
import { Courier, type News } from './webhooks/courier.mts';
import { openSubscriptions } from './webhooks/subscriptions.mts';

interface SandboxOptions {
	/** A file to keep the records in; in memory otherwise. */
	database?: string;
	/** Start without records. */
	empty?: boolean;
}

/** The account itself: its records, the rules over them, its clock, and who listens to changes. */
function openAccount(database: DatabaseSync, settings: () => Settings) {
	const records = openRecords(database);
	const subscriptions = openSubscriptions(records.subscriptions, settings);
	const news: News = new EventEmitter();
	news.setMaxListeners(0);
	const courier = new Courier(records, subscriptions, settings, news);
	/** Makes a change of which all is kept or none, and lets the page know. */
	const change = <Result,>(work: () => Result): Result => {
		const result = transaction(database, work);
		news.emit('change');
		return result;
	};
	const clock = new Clock(database, () => endDay());
	const now = () => clock.now().toISOString();
	const resources = openResources({
		records,
		announce: (type, data) => courier.emit({ type, data, created_at: now() }),
		now,
		today: () => clock.today(),
		newId: randomUUID,
		finePrices: () => settings().quirks.finePrices,
		keepsUnknownFields: () => settings().quirks.keepsUnknownFields,
	});

	/** What BildOut does at night; also at the start, for the nights in which the sandbox was off. */
	const endDay = () => change(() => resources.invoices.markOverdue());
	const seed = (quantities: Partial<Quantities>) =>
		change(() => plant(records, quantities, clock.today()));
	const replant = openReplant(database, records);
	const start = () => change(() => replant(clock.today()));

	return { records, resources, subscriptions, courier, news, clock, change, endDay, seed, start };
}

/** A BildOut account with everything behind its API; HTTP is laid over it by `buildServer`. */
export function openSandbox(options: SandboxOptions = {}) {
	const database: DatabaseSync = openDatabase(options.database);
	let current = defaultSettings;
	const settings = (): Settings => current;

	const account = openAccount(database, settings);
	const { records, courier, news, clock, change, endDay, start } = account;
	const limiter = new RateLimiter(settings);
	const faults = new Faults();
	const requestLog = new RequestLog(() => news.emit('change'));
	if (!options.empty && records.customers.count() === 0) start();
	endDay();
	clock.start();

	return {
		...account,
		limiter,
		faults,
		requestLog,
		grants: new Grants(database),
		once: openIdempotency(database, change, settings),
		settings,
		/** Lays changes over the settings; new limits begin with new windows. */
		configure(settingsChange: SettingsChange): Settings {
			current = changed(current, settingsChange);
			if (settingsChange.rateLimit || 'announcedLimit' in settingsChange) limiter.reset();
			return current;
		},
		/** Everything as at the start, except that people stay signed in. */
		reset(withSeed = !options.empty): void {
			courier.reset();
			clock.reset();
			change(() => {
				for (const collection of Object.values(records)) collection.clear();
				database.exec('DELETE FROM idempotent_responses');
				if (withSeed) start();
			});
			faults.clear();
			limiter.reset();
			requestLog.clear();
			current = defaultSettings;
		},
		async close(): Promise<void> {
			clock.stop();
			await courier.close();
			database.close();
		},
	};
}

export type Sandbox = ReturnType<typeof openSandbox>;
