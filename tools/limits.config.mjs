import parser from '@typescript-eslint/parser';

/**
 * How long files and functions may be, and how many branches a function may have. It is a configuration of
 * its own because n8n verifies a package only with the lint configuration that its tool brings.
 */

export default [
	{ ignores: ['dist', '**/node_modules', '**/*.json'] },
	{
		files: ['**/*.{ts,cts,mts}'],
		languageOptions: { parser },
	},
	{
		files: ['**/*.{ts,cts,mts,js,cjs,mjs}'],
		// The directives are those of the other configuration.
		linterOptions: { reportUnusedDisableDirectives: 'off' },
		rules: {
			'max-lines': ['error', 450],
			'max-lines-per-function': [
				'error',
				{ max: 80, skipBlankLines: true, skipComments: true, IIFEs: true },
			],
			// ESLint's own limit: below it, functions were cut into pieces that had to be read together.
			complexity: ['error', 20],
		},
	},
	{
		// The function of a `describe` holds all its tests, also where it stands in a file of its own.
		files: ['test/**/*.test.cts', 'test/{e2e,queue}/*.cts'],
		rules: { 'max-lines-per-function': 'off', complexity: 'off' },
	},
	{
		// One file for what is one table of cases, however many rows it has.
		files: ['test/**/*.test.cts'],
		rules: { 'max-lines': ['error', 700] },
	},
];
