/** The least share that is assumed, so that a process among many does not stand still. */
const LEAST_SHARE = 1 / 10;
/** Others who spend less than this share count as absent. */
const NEGLIGIBLE = 1 / 20;

/** What one response shows. */
interface Observation {
	/** How many requests, of whoever, the window holds. */
	spent: number;
	/** How many of them this response adds to our own: 0 for a refusal. */
	own: number;
	/** Our own requests without a response, which the window may hold too. */
	inFlight: number;
	/** Whether a window has begun since the response before. */
	isRenewed: boolean;
	/** Whether a sliding window may have dropped something. */
	hasMoved: boolean;
}

/**
 * Infers from what responses report as spent how much of it other processes with the same token spend. Nothing
 * is exchanged with them. When unsure, it assumes that there is no other client.
 */
export class OtherClients {
	/** What was spent in the present window, by the highest response, and by its first one. */
	private highest = 0;

	private first = 0;

	/** Our own responses since the first one, and what others have certainly spent since. */
	private own = 0;

	private others = 0;

	/** The same of earlier windows, which count half as much with each window. */
	private ownBefore = 0;

	private othersBefore = 0;

	/** Our part of what is spent: 1 when nobody else is there. */
	get share(): number {
		const own = 1 + this.own + this.ownBefore;
		const others = this.others + this.othersBefore;
		if (others < NEGLIGIBLE * (own + others)) return 1;
		return Math.max(LEAST_SHARE, own / (own + others));
	}

	/** @returns how many requests this response shows that none before it did: itself, and those of others */
	observe({ spent, own, inFlight, isRenewed, hasMoved }: Observation): number {
		if (!isRenewed && !(hasMoved && spent <= this.highest)) {
			this.highest = Math.max(this.highest, spent);
			this.own += own;
			const certain = this.highest - this.first - this.own - inFlight;
			const shown = Math.max(0, certain - this.others);
			this.others += shown;
			return 1 + shown;
		}
		const weight = isRenewed ? 1 / 2 : 1;
		this.ownBefore = (this.ownBefore + this.own) * weight;
		this.othersBefore = (this.othersBefore + this.others) * weight;
		this.first = this.highest = spent;
		this.own = this.others = 0;
		return isRenewed ? Math.max(1, spent) : 1;
	}
}
