import { randomUUID } from 'node:crypto';
import { getAdditionalKeys } from 'n8n-core';
import {
	type ICredentialDataDecryptedObject,
	type ICredentials,
	ICredentialsHelper,
	type ICredentialType,
	type IHttpRequestHelper,
	type IHttpRequestOptions,
	type INodeCredentialsDetails,
	type INodeProperties,
	type INodeTypes,
	type IWorkflowExecuteAdditionalData,
	NodeHelpers,
	Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { nodeOf } from './parameters.cts';

/** Fields that n8n takes from the credential type, never from what is stored, where they are hidden. */
const PINNED = ['authUrl', 'accessTokenUrl', 'grantType', 'authentication'];

const field = (
	name: string,
	value: INodeProperties['default'] = '',
	type: INodeProperties['type'] = 'string',
): INodeProperties => ({ displayName: name, name, type, default: value });

/** The fields of n8n's own OAuth2 credential that a credential built on it can rely on. */
const OAUTH2_API: INodeProperties[] = [
	field('grantType', 'authorizationCode'),
	field('authUrl'),
	field('accessTokenUrl'),
	field('clientId'),
	field('clientSecret'),
	field('scope'),
	field('authQueryParameters'),
	field('authentication', 'header'),
	field('ignoreSSLIssues', false, 'boolean'),
	field('oauthTokenData', {}, 'json'),
];

const mockNode = nodeOf('Credentials', 'mock');
const mockNodeTypes = {
	getByNameAndVersion: () => ({ description: { properties: [] } }),
} as unknown as INodeTypes;

/**
 * Holds credentials in memory and hands them to nodes as n8n does: defaults applied, expressions
 * (`$self`) resolved, refreshed tokens kept for the next execution.
 */
export class CredentialStore extends ICredentialsHelper {
	private readonly stored = new Map<string, ICredentialDataDecryptedObject>();

	constructor(private readonly type: (name: string) => ICredentialType) {
		super();
	}

	/** Keeps `data` and returns what a node names to use it. */
	add(data: ICredentialDataDecryptedObject): INodeCredentialsDetails {
		// The nodes keep what they learn of a credential for as long as the process, hence for other test files.
		const id = randomUUID();
		this.stored.set(id, structuredClone(data));
		return { id, name: 'BildOut' };
	}

	/** What is stored, as it would be in n8n's database. */
	read({ id }: INodeCredentialsDetails): ICredentialDataDecryptedObject {
		const data = this.stored.get(id ?? '');
		if (data === undefined) throw new Error(`There is no credential ${id}`);
		return structuredClone(data);
	}

	getParentTypes(name: string): string[] {
		return name === 'oAuth2Api' ? [] : (this.type(name).extends ?? []);
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	getCredentialsProperties(name: string): INodeProperties[] {
		if (name === 'oAuth2Api') return OAUTH2_API;
		const { extends: parents = [], properties } = this.type(name);
		const combined: INodeProperties[] = [];
		for (const parent of parents) {
			NodeHelpers.mergeNodeProperties(combined, this.getCredentialsProperties(parent));
		}
		NodeHelpers.mergeNodeProperties(combined, properties);
		return combined;
	}

	async getDecrypted(
		additionalData: IWorkflowExecuteAdditionalData,
		credential: INodeCredentialsDetails,
		type: string,
		mode: WorkflowExecuteMode,
		_executeData?: unknown,
		raw?: boolean,
	): Promise<ICredentialDataDecryptedObject> {
		const stored = this.read(credential);
		if (raw === true) return stored;
		const properties = this.getCredentialsProperties(type);
		const given = { ...stored };
		for (const { name } of properties.filter((property) => property.type === 'hidden')) {
			if (PINNED.includes(name)) delete given[name];
		}
		const data = NodeHelpers.getNodeParameters(
			properties,
			given as never,
			true,
			false,
			null,
			null,
		)!;
		if (stored.oauthTokenData !== undefined) data.oauthTokenData = stored.oauthTokenData as never;
		const { expression } = new Workflow({
			nodes: [mockNode],
			connections: {},
			active: false,
			nodeTypes: mockNodeTypes,
		});
		return await expression.withIsolate(
			async () =>
				expression.getComplexParameterValue(
					mockNode,
					data,
					mode,
					getAdditionalKeys(additionalData, mode, null, { isCredential: true }),
					undefined,
					undefined,
					data as ICredentialDataDecryptedObject,
				) as unknown as ICredentialDataDecryptedObject,
		);
	}

	async updateCredentials(
		credential: INodeCredentialsDetails,
		_type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<void> {
		this.stored.set(credential.id ?? '', structuredClone(data));
	}

	async updateCredentialsOauthTokenData(
		credential: INodeCredentialsDetails,
		type: string,
		{ oauthTokenData }: ICredentialDataDecryptedObject,
	): Promise<void> {
		await this.updateCredentials(credential, type, { ...this.read(credential), oauthTokenData });
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const { authenticate } = this.type(typeName);
		return typeof authenticate === 'function' ? await authenticate(credentials, options) : options;
	}

	async preAuthentication(): Promise<undefined> {}

	async runPreAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const before = this.type(typeName).preAuthentication;
		return (await before?.call(helpers, credentials)) as ICredentialDataDecryptedObject | undefined;
	}

	async getCredentials(): Promise<ICredentials> {
		throw new Error('No node under test asks for an encrypted credential');
	}
}
