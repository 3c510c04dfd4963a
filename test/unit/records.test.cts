import { BildOutOAuth2Api } from '../../credentials/BildOutOAuth2Api.credentials.ts';
import { capitalized, labelOf, type RecordType } from '../../nodes/BildOut/records/recordType.ts';
import { EVENTS } from '../../nodes/BildOut/events.ts';
import { eventsOf, WATCHES } from '../../nodes/BildOut/polling/watches.ts';
import { RESOURCES } from '../../nodes/BildOut/actions/index.ts';
import { contract, scopes as contractScopes } from '../../sandbox/src/contract/contract.mts';
import { read } from '../support/files.cts';

const { schemas } = contract.components;
const types = Object.values(RESOURCES).flatMap(({ record }) => record ?? []);

it('asks for the scopes that its records need, and for no other', () => {
	const needed = types.flatMap(({ scopes }) => [scopes.read, scopes.write ?? []].flat());
	const { properties } = new BildOutOAuth2Api();
	const scopesIn = (name: string) => {
		const value = String(properties.find((property) => property.name === name)!.default);
		return (value.match(/\w+:\w+/g) ?? []).sort();
	};
	expect(scopesIn('enabledScopes')).toEqual([...needed, 'webhooks:manage'].sort());
	expect(scopesIn('scope')).toEqual(scopesIn('enabledScopes'));
	expect(scopesIn('scope')).toEqual(Object.keys(contractScopes).sort());
});

describe.each(types.map((type): [string, RecordType] => [type.name, type]))('%s', (_, type) => {
	it('has a row for each field of the contract, and for no other', () => {
		const fields = type.fields.map(({ api }) => api);
		expect(fields.sort()).toEqual([...schemas[capitalized(type.name)].required!].sort());
	});

	it('lets clients write, by the contract, what has a parameter', () => {
		if (!type.scopes.write) return;
		const written = type.fields.filter(({ parameter }) => parameter).map(({ api }) => api);
		const input = schemas[`${capitalized(type.name)}Input`].properties;
		expect(Object.keys(input)).toEqual(expect.arrayContaining(written));
	});

	it('never writes what people cannot set, and lets nothing be set that it never writes', () => {
		const readOnly = type.fields.filter(
			({ api, parameter }) => !parameter && api !== type.rows?.field,
		);
		const written = type.fields.filter(({ parameter }) => parameter);
		if (type.scopes.write) {
			expect(type.serverOwned).toEqual(expect.arrayContaining(readOnly.map(({ api }) => api)));
		}
		for (const { api } of written) expect(type.serverOwned).not.toContain(api);
	});

	it('offers to create and change only what has a parameter', () => {
		const uses = (use: string) => type.fields.filter((field) => field.uses.includes(use as never));
		for (const use of ['create', 'update', 'clear']) {
			expect(uses(use).filter(({ parameter }) => !parameter)).toEqual([]);
		}
		for (const field of uses('clear')) expect(field.parameter?.required).not.toBe(true);
	});

	it('is watched by the polling trigger, which offers all of its events', () => {
		const watch = WATCHES.find(({ record }) => record === type);
		const offered = EVENTS.map(({ value }) => value).filter((value) =>
			value.startsWith(`${type.name}.`),
		);
		expect(watch && eventsOf(watch).sort()).toEqual(offered.sort());
	});

	it('names fields in title case, each once', () => {
		const labels = type.fields.map(labelOf);
		expect(new Set(labels).size).toBe(labels.length);
		for (const label of labels) expect(label).toMatch(/^[A-Z]/);
	});

	it('is known by fields that it has', () => {
		const fields = type.fields.map(({ api }) => api);
		for (const { field } of type.lookupKeys) expect(fields).toContain(field);
		expect(fields).toContain(type.sortedBy);
		if (type.parent) expect(fields).toContain(type.parent.field);
	});
});

it('stands in the file of its name', () => {
	for (const { name } of types) {
		expect(read(`nodes/BildOut/records/${name}.ts`)).toContain(`name: '${name}'`);
	}
});
