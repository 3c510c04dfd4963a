/** The part of n8n's scanner that we use; it is published without types. */
declare module '@n8n/scan-community-package/scanner/scanner.mjs' {
	export const SOURCE_FILE_PATTERNS: string[];

	/** Lints the files in `folder` that match. `details` is ESLint's own listing of what it found. */
	export function analyzePackage(
		folder: string,
		patterns: string[],
	): Promise<
		{ passed: true; message?: string } | { passed: false; message: string; details?: string }
	>;
}
