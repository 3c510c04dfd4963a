declare const testTimeout: number;
declare const secondTries: number;

jest.setTimeout(testTimeout);
jest.retryTimes(secondTries, { logErrorsBeforeRetry: true });
