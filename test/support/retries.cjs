/**
 * Counts at the end of a run the tests that failed at first and passed when Jest ran them again, with their
 * names: they are green, and each is a doubt.
 */
module.exports = class Retries {
	/** @type {string[]} */
	retried = [];

	onTestResult(_test, { testResults }) {
		for (const { fullName, invocations, status } of testResults) {
			if (status === 'passed' && invocations > 1) this.retried.push(fullName);
		}
	}

	onRunComplete() {
		console.log(`Retries:     ${this.retried.length}`);
		for (const name of this.retried) console.log(`  passed at the second attempt: ${name}`);
	}
};
