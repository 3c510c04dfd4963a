/** A demand on what was measured. */
export interface Bound {
	/** What is demanded, with the figure that was measured. */
	text: string;
	holds: boolean;
}

/** What one section of the bench found out. */
export interface Report {
	title: string;
	/** How the figures came about, where the table does not say it. */
	notes?: string[];
	/** The heading first. Rows are shown as they are, the first column to the left. */
	table: string[][];
	bounds: Bound[];
}

export function printReport({ title, notes = [], table, bounds }: Report): void {
	const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
	const lines = table.map((row) =>
		row
			.map((cell, column) =>
				column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
			)
			.join('   '),
	);
	console.log(
		[
			'',
			title,
			...notes.map((note) => `  ${note}`),
			'',
			...lines.map((line) => `  ${line}`),
			'',
			...bounds.map(({ text, holds }) => `  ${holds ? 'holds ' : 'MISSED'}  ${text}`),
			'',
		].join('\n'),
	);
}

export function median(values: number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** e.g. `812 (790–1,020)`: the median, the least and the most. */
export function spread(values: number[]): string {
	const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)].map(
		(value) => Math.round(value).toLocaleString('en-US'),
	);
	return `${middle} (${least}–${most})`;
}
