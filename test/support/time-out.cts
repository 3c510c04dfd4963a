declare const testTimeout: number;
declare const retries: number;

jest.setTimeout(testTimeout);
jest.retryTimes(retries, { logErrorsBeforeRetry: true });
