// Package slack is a local stand-in for a Slack workspace: its Web API, Socket Mode and signed HTTP deliveries, and a page
// in the browser where people can be played. It serves the demo and the tests, and is as strict as the documentation of the
// real platform, so that what works against it works for real. It knows nothing of incidents or of the bot: only tokens,
// scopes, channels, messages, views and people.
//
// Everything lives in memory and ends with the process. Where the rules come from, a page each:
//
//   - Web API, tokens, error shapes: https://docs.slack.dev/apis/web-api/
//   - rate limits: https://docs.slack.dev/apis/web-api/rate-limits
//   - Socket Mode: https://docs.slack.dev/apis/events-api/using-socket-mode
//   - Events API and its retries: https://docs.slack.dev/apis/events-api/
//   - signed requests: https://docs.slack.dev/authentication/verifying-requests-from-slack
//   - slash commands: https://docs.slack.dev/interactivity/implementing-slash-commands
//   - interactions, triggers and response_url: https://docs.slack.dev/interactivity/handling-user-interaction
//   - modals, the view stack and response actions: https://docs.slack.dev/surfaces/modals
//   - Block Kit: https://docs.slack.dev/reference/block-kit/blocks and …/block-elements and …/composition-objects
//   - text formatting and escaping: https://docs.slack.dev/messaging/formatting-message-text
//   - files: https://docs.slack.dev/messaging/working-with-files
//
// A [Workspace] is an [http.Handler] (routes in New). Tests act as people with [Workspace.Command], [Workspace.SubmitView]
// and their siblings, wait for what follows with [Workspace.Until], and read what happened with [Workspace.Messages],
// [Workspace.Calls] and [Workspace.Problems].
package slack
