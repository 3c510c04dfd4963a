/** Tests with this set-up run in the oldest n8n, or in the one that the variable names. */
process.env.BILDOUT_N8N ??= 'oldest';
