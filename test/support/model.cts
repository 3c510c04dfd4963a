import { json } from 'node:stream/consumers';

import type { JsonObject } from '../../tools/lib/n8n-client.mts';
import { served } from './served.cts';

/** What a model replies: a call of a tool, or the end of its turn. */
export type Reply = { tool: string; input: JsonObject } | { text: string };

interface Message {
	role: string;
	content: string;
}

export interface Question {
	messages: Message[];
	tools?: Array<{ function: { name: string; description: string; parameters: JsonObject } }>;
}

/**
 * A chat model that speaks OpenAI's protocol and gives fixed replies: the first to what a person writes,
 * the next to the result of each tool.
 */
export function chatModel(replies: (results: string[]) => Reply) {
	const questions: Question[] = [];
	const server = served((request, response) => {
		void json(request).then((body) => {
			const question = body as Question;
			questions.push(question);
			const asked = question.messages.findLastIndex(({ role }) => role === 'user');
			const results = question.messages.slice(asked + 1).filter(({ role }) => role === 'tool');
			const message = messageOf(replies(results.map(({ content }) => content)));
			response.setHeader('content-type', 'application/json');
			response.end(
				JSON.stringify({
					id: `reply-${questions.length}`,
					object: 'chat.completion',
					created: 0,
					model: 'stand-in',
					choices: [
						{ index: 0, message, finish_reason: message.tool_calls ? 'tool_calls' : 'stop' },
					],
					usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
				}),
			);
		});
	});
	return {
		get url() {
			return `${server.url}/v1`;
		},
		questions,
	};
}

let calls = 0;

function messageOf(reply: Reply) {
	if ('text' in reply) return { role: 'assistant', content: reply.text };
	calls += 1;
	return {
		role: 'assistant',
		content: null,
		tool_calls: [
			{
				id: `call-${calls}`,
				type: 'function',
				function: { name: reply.tool, arguments: JSON.stringify(reply.input) },
			},
		],
	};
}
