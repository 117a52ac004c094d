using EventSourcedAnalytics.Server.Commands;

return await CommandLine.InvokeAsync(args);
