module.exports = loadedOnce('n8n-workflow');
