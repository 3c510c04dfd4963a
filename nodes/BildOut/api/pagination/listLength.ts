import type { PageInfo } from './pageInfo';

/**
 * What the pages of one reading say of the list's length. When a record is removed, those behind it
 * move up, and one of them slips between two pages; the length in the next answer tells.
 */
export class ListLength {
	hasShrunk = false;

	private hasGrown = false;

	private measure?: 'total' | 'pages';

	private first = 0;

	private longest = 0;

	note(facts: PageInfo): void {
		if (this.measure === undefined) {
			this.measure = facts.total === undefined ? 'pages' : 'total';
			this.first = this.longest = facts[this.measure] ?? 0;
			return;
		}
		const length = facts[this.measure];
		if (length === undefined) return;
		this.hasShrunk ||= length < this.longest;
		this.hasGrown ||= length > this.longest;
		this.longest = Math.max(this.longest, length);
	}

	/** Whether every page said the same. */
	get isSteady(): boolean {
		return !this.hasShrunk && !this.hasGrown;
	}

	/** How many records there were at the beginning; 0 where the list does not say. */
	get firstTotal(): number {
		return this.measure === 'total' ? this.first : 0;
	}
}
